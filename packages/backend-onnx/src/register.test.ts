import { expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs-core'
import * as onnxruntime from './runtime/onnxruntime.ts'

jest.unstable_mockModule('./runtime/onnxruntime.ts', () => ({
  ...onnxruntime,
  runtime: () =>
    onnxruntime.load(() => {
      throw new Error("Cannot find module 'onnxruntime-node'")
    }),
}))
await import('./register.ts')

test('without the runtime TensorFlow.js uses another backend and logs the reason in one line', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
  expect(await tf.setBackend('onnx')).toBe(false)
  const lines = warn.mock.calls.map(([line]) => String(line))
  warn.mockRestore()
  expect(lines.at(-1)).toMatch(/^FacekpError: onnxruntime-node cannot be loaded.*npm install onnxruntime-node@.*$/)
  await tf.setBackend('cpu')
  expect([...tf.square(tf.scalar(3)).dataSync()]).toEqual([9])
})

test('what it does not compute itself runs on backend cpu, also without the umbrella package', () => {
  expect(tf.getKernel('Range', 'onnx')).toBeDefined()
})
