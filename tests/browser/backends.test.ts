import { fileURLToPath } from 'node:url'
import { type BackendAttempt, useBackend } from '@facekp/backend'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../support/chromium.ts'
import { GRADIENT_CASES } from '../support/gradient-cases.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../support/start-chromium.ts'
import { type TinyTraining, trainTiny } from './fixtures/train-tiny.ts'

/** Allows neither inline scripts, `eval`, blobs nor other servers; WebAssembly only. */
const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

/** A few: WebGL compiles a program for each shape, which takes seconds on SwiftShader. */
const WEBGL_CASES = [
  'conv2d by x, filter 3, stride 2, same',
  'conv2d by filter, filter 3, stride 2, same',
  'depthwiseConv2d by x, filter 3, stride 2, same',
  'depthwiseConv2d by filter, filter 3, stride 2, same',
  'avgPool, filter 3, stride 2, same',
  'maxPool, filter 3, stride 2, same',
  'resizeBilinear, 3x4 to 5x7, half-pixel centers',
  'resizeNearestNeighbor, 3x4 to 5x7, half-pixel centers',
  'resizeBilinear, 1x1 to 2x3, corners',
  'resizeBilinear, 3x4 to 6x8, neither',
  'resizeNearestNeighbor, 3x4 to 6x8, neither',
  'cumsum over 0',
  'maximum by a, broadcast',
  'matMul by b, broadcast, transposed false, false',
]

let program: OpenProgram
let expected: TinyTraining

beforeAll(async () => {
  if (!hasChromium) return
  await useBackend('cpu')
  expected = await trainTiny()
  const module = new URL('fixtures/backend-program.ts', import.meta.url)
  program = await openProgram({ module, headers: { 'content-security-policy': STRICT } })
})

afterAll(closeBrowser)

function expectTraining({ losses, errorPx, tensorsLeft }: TinyTraining): void {
  expect(losses).toHaveLength(20)
  for (const [i, loss] of losses.entries())
    expect(Math.abs(loss / (expected.losses[i] as number) - 1)).toBeLessThan(1e-3)
  expect(Math.abs(errorPx - expected.errorPx)).toBeLessThan(1e-2)
  expect(tensorsLeft).toBe(expected.tensorsLeft)
}

describe('in a page with a strict Content-Security-Policy', () => {
  testInChromium(
    'webgpu without the training kernels is refused; with them it trains as backend cpu in Node',
    async () => {
      const { refusal, trained, programs } = await program.call('trainByHand')
      expect(refusal).toMatchObject({
        code: 'TRAIN_BACKEND',
        problem: 'backend webgpu cannot train: it computes addN incorrectly',
      })
      expectTraining(trained)
      // Steps are replayed: only the 7 programs of Adam are recorded.
      expect(programs).toBe(7)
      // The validation errors of the original kernel.
      program.errors.length = 0
    },
  )

  for (const name of ['cpu', 'wasm', 'webgl'] as const) {
    testInChromium(`${name} trains as backend cpu in Node, and leaves no tensor`, async () =>
      expectTraining(await program.call('train', name)),
    )
  }

  testInChromium('gradients on backend webgl agree with central differences', async () => {
    const cases = WEBGL_CASES.map((name) => GRADIENT_CASES.find((gradientCase) => gradientCase.name === name)?.name)
    expect(cases).toEqual(WEBGL_CASES)
    expect(await program.call('checkGradients', 'webgl', WEBGL_CASES)).toEqual([])
  })

  testInChromium('auto takes no graphics card made of software', async () => {
    const { name, current, attempts, table } = await program.call('select', 'auto')
    expect([name, current]).toEqual(['wasm', 'wasm'])
    expect(attempts.map(({ backend, outcome }: BackendAttempt) => [backend, outcome])).toEqual([
      ['webgpu', 'skipped'],
      ['webgl', 'skipped'],
      ['wasm', 'active'],
      ['cpu', 'not tried'],
    ])
    expect(table).toMatch(/webgl .*skipped: finds only a software adapter: .*SwiftShader/)
    expect((await program.call('select', 'webgl')).detail).toMatch(/SwiftShader.*software: for tests/)
  })

  testInChromium('a backend of Node is an error that lists those of the page', async () => {
    expect(await program.call('select', 'onnx')).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      received: 'only webgpu, webgl, wasm, cpu here',
    })
  })

  testInChromium('nothing is refused by the policy or missing', () => expect(program.errors).toEqual([]))
})

describe('in a page that is cross-origin isolated', () => {
  const headers = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  }
  const module = new URL('fixtures/backend-program.ts', import.meta.url)
  const folders = {
    wasm: fileURLToPath(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist', import.meta.url)),
  }

  testInChromium('useBackend selects wasm with one thread, from no file', async () => {
    const isolated = await openProgram({ module, headers: { ...headers, 'content-security-policy': STRICT } })
    expectTraining(await isolated.call('train', 'wasm'))
    expect(isolated.errors).toEqual([])
  })

  testInChromium('threads work with the files of TensorFlow.js and the training kernels', async () => {
    const isolated = await openProgram({ module, headers, folders })
    const files: string[] = []
    isolated.page.on('request', (request) => files.push(new URL(request.url()).pathname))
    expectTraining(await isolated.call('trainWithThreads'))
    expect(files).toContain('/wasm/tfjs-backend-wasm-threaded-simd.wasm')
  })
})
