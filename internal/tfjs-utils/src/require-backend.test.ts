import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs-core'
import { requireBackend } from './require-backend.ts'

test('TensorFlow.js without a backend is refused, with the line that adds one', () => {
  expect(() => requireBackend('MODEL_BACKEND')).toThrow(
    expect.objectContaining({ code: 'MODEL_BACKEND', expected: expect.stringContaining('useBackend') }),
  )
  tf.registerBackend('empty', () => new tf.KernelBackend())
  expect(() => requireBackend('MODEL_BACKEND')).not.toThrow()
})
