import type { Decoded } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'

/** Decodes [batch, 2 N] coordinates: returns them unchanged, without confidence. */
export function decodeCoordinates([points]: readonly tf.Tensor[]): Decoded {
  return { points: points as tf.Tensor2D }
}
