import { listModels } from '@facekp/models'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../support/chromium.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../support/start-chromium.ts'
import { type NetworkOutputs, predictOn } from './fixtures/registry-program.ts'

const BACKENDS = ['cpu', 'wasm', 'webgl', 'webgpu']
let program: OpenProgram

beforeAll(async () => {
  if (hasChromium) program = await openProgram({ module: new URL('fixtures/registry-program.ts', import.meta.url) })
})

afterAll(closeBrowser)

testInChromium.each(listModels().map(({ name }) => name))(
  '%s predicts on every backend of a page what it predicts in Node',
  async (name) => {
    const { onnx: expected = [] } = (await predictOn(['onnx'], name)).outputs
    const { outputs, tensorsLeft }: NetworkOutputs = await program.call('predictOn', BACKENDS, name)
    for (const backend of BACKENDS) {
      const numbers = outputs[backend] as readonly number[]
      expect(numbers).toHaveLength(expected.length)
      // Relative to the largest output: those of networks that are not trained may be large.
      const size = Math.max(1, ...expected.map(Math.abs))
      const difference = Math.max(...numbers.map((value, i) => Math.abs(value - (expected[i] as number)))) / size
      expect(`${backend} ${difference < 1e-5 ? 'agrees' : `differs by ${difference}`}`).toBe(`${backend} agrees`)
    }
    expect(tensorsLeft).toBe(0)
    expect(program.errors).toEqual([])
  },
)
