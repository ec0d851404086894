import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { load, RUNTIME_VERSION, runtime } from './onnxruntime.ts'

const require = createRequire(import.meta.url)

test('the release is the one that this backend was written for, and its undocumented entry is there', () => {
  const folder = dirname(dirname(require.resolve('onnxruntime-node')))
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version).toBe(RUNTIME_VERSION)
  const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(own.optionalDependencies['onnxruntime-node']).toBe(RUNTIME_VERSION)
  expect(runtime().synchronous).toBe(true)
})

test('not installed: tells what would do', () => {
  const missing = (): never => {
    throw new Error("Cannot find module 'onnxruntime-node'")
  }
  expect(() => load(missing)).toThrow(
    expect.objectContaining({
      code: 'ONNX_RUNTIME',
      message: expect.stringMatching(/cannot be loaded.*Cannot find module.*npm install onnxruntime-node@/s),
    }),
  )
})

test.each<[string, (name: string) => unknown]>([
  [
    'a release without the synchronous entry',
    (name) => {
      if (name.endsWith('binding.js')) throw new Error('Cannot find module')
      return require(name)
    },
  ],
  ['a release with another entry', (name) => (name.endsWith('binding.js') ? { binding: {} } : require(name))],
])('%s computes by promises', (_, from) => {
  expect(load(from).synchronous).toBe(false)
})
