import * as tf from '@tensorflow/tfjs-core'
import { backend } from '../register.ts'

/**
 * Runs a function with backend onnx active, without computing what it records.
 *
 * The active backend, tensors of other backends and flag `ONNX_DEBUG` are restored afterwards, also after an error. All of it is
 * synchronous, so that no other code runs while the backend is switched.
 */
export function withOnnxBackend<T>(run: () => T): T {
  const registry = tf.engine()
  // Initializes the backend, so that `setBackend` switches before it returns its promise.
  if (registry.findBackend('onnx') !== backend) throw new Error('backend onnx is not initialized')
  const activeBackend = tf.getBackend()
  const isDebug = tf.env().getBool('ONNX_DEBUG')
  if (activeBackend !== 'onnx') void tf.setBackend('onnx')
  // In debug mode each operation would be computed at once.
  tf.env().set('ONNX_DEBUG', false)
  try {
    return backend.borrowTensors(run)
  } finally {
    tf.env().set('ONNX_DEBUG', isDebug)
    if (activeBackend !== 'onnx') void tf.setBackend(activeBackend)
  }
}
