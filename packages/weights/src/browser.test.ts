import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { beforeAll, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { fixture } from '../fixtures/fixtures.ts'
import { readTensors } from './read.ts'

// What a browser has besides the language; nothing of Node.
const context = createContext({ TextDecoder, TextEncoder, URL })
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'facekpWeights',
    platform: 'browser',
    conditions: ['@facekp/source'],
    logLevel: 'silent',
  })
  runInContext('globalThis.self = globalThis.window = globalThis', context)
  runInContext((outputFiles[0] as { text: string }).text, context)
})

test.each(['tensors.pth', 'tensors-legacy.pth', 'tensors.safetensors'])(
  'the main entry reads %s where there is no Node',
  (name) => {
    const bytes = fixture(name)
    const read = runInContext(
      '(values) => facekpWeights.readTensors(Uint8Array.from(values)).map(({ name, data }) => [name, Array.from(data, String)])',
      context,
    )
    const tensors = readTensors(bytes).map(({ name, data }) => [name, Array.from(data as Float32Array, String)])
    expect(JSON.stringify(read(Array.from(bytes)))).toBe(JSON.stringify(tensors))
  },
)
