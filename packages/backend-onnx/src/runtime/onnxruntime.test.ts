import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { load, RUNTIME_VERSION, runtime } from './onnxruntime.ts'

const require = createRequire(import.meta.url)

test('the release is the one that this engine was written for, and its undocumented entry is there', () => {
  const folder = dirname(dirname(require.resolve('onnxruntime-node')))
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version).toBe(RUNTIME_VERSION)
  const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(own.optionalDependencies['onnxruntime-node']).toBe(RUNTIME_VERSION)
  expect(runtime().createSession).toBeInstanceOf(Function)
})

test.each<[string, (name: string) => unknown, RegExp]>([
  [
    'not installed',
    () => {
      throw new Error("Cannot find module 'onnxruntime-node'")
    },
    /cannot be loaded.*Cannot find module.*npm install onnxruntime-node@/s,
  ],
  [
    'a release without the entry',
    (name) => {
      if (name.endsWith('binding.js')) throw new Error('Cannot find module')
      return {}
    },
    /no synchronous entry/,
  ],
  ['a release with another entry', () => ({}), /another synchronous entry/],
])('%s is told with what would do', (_, require, message) => {
  expect(() => load(require)).toThrow(
    expect.objectContaining({ code: 'ONNX_RUNTIME', message: expect.stringMatching(message) }),
  )
})
