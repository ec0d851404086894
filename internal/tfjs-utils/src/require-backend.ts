import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'

/** Checks that TensorFlow.js has a backend; throws a FacekpError of the code otherwise. */
export function requireBackend(code: string): void {
  if (tf.engine().backendNames().length > 0) return
  throw new FacekpError({
    code,
    problem: 'TensorFlow.js has no backend',
    expected: "a backend: await useBackend('auto') of @facekp/backend, or import '@tensorflow/tfjs'",
  })
}
