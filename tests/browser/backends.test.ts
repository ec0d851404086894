import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BackendAttempt, useBackend } from '@facekp/backend'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { build } from 'esbuild'
import { closeBrowser, type OpenPage, openPage, testInChromium } from '../support/chromium.ts'
import { type TinyTraining, trainTiny } from './fixtures/train-tiny.ts'

/** Allows neither inline scripts, `eval`, blobs nor other servers; WebAssembly only. */
const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

let folder: string
let site: OpenPage
let expected: TinyTraining

beforeAll(async () => {
  await useBackend('cpu')
  expected = await trainTiny()
  folder = mkdtempSync(join(tmpdir(), 'facekp-browser-'))
  await build({
    entryPoints: { page: fileURLToPath(new URL('fixtures/backend-program.ts', import.meta.url)) },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="page.js"></script>')
  site = await openPage({ folders: { '': folder }, headers: { 'content-security-policy': STRICT } })
})

afterAll(async () => {
  await closeBrowser()
  rmSync(folder, { recursive: true })
})

/** Calls a function of `fixtures/backend-program.ts` in the page. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows what the function returns
async function call(name: string, ...args: readonly string[]): Promise<any> {
  return site.page.evaluate(
    // biome-ignore lint/suspicious/noExplicitAny: the page has no types
    ({ name, args }) => (globalThis as any).program[name](...args),
    { name, args },
  )
}

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
      const { refusal, trained } = await call('trainByHand')
      expect(refusal).toEqual({
        code: 'TRAIN_BACKEND',
        problem: 'backend webgpu cannot train: it computes addN incorrectly',
      })
      expectTraining(trained)
      // The validation errors of the original kernel.
      site.errors.length = 0
    },
  )

  for (const name of ['cpu', 'wasm', 'webgl'] as const) {
    testInChromium(`${name} trains as backend cpu in Node, and leaves no tensor`, async () =>
      expectTraining(await call('train', name)),
    )
  }

  testInChromium('auto takes no graphics card made of software', async () => {
    const { selected, current, attempts, table } = await call('select', 'auto')
    expect([selected, current]).toEqual(['wasm', 'wasm'])
    expect(attempts.map(({ backend, outcome }: BackendAttempt) => [backend, outcome])).toEqual([
      ['webgpu', 'skipped'],
      ['webgl', 'skipped'],
      ['wasm', 'active'],
      ['cpu', 'not tried'],
    ])
    expect(table).toMatch(/webgl .*skipped: finds only a software adapter: .*SwiftShader/)
    expect((await call('select', 'webgl')).detail).toMatch(/SwiftShader.*software: for tests/)
  })

  testInChromium('a backend of Node is an error that lists those of the page', async () => {
    expect(await call('selectError', 'onnx')).toEqual({
      code: 'BACKEND_UNAVAILABLE',
      received: 'only webgpu, webgl, wasm, cpu here',
    })
  })

  testInChromium('nothing is refused by the policy or missing', () => expect(site.errors).toEqual([]))
})
