import type { Decoded } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'

/** [batch, 2 N] as it is. Numbers alone do not tell how sure they are: there is no confidence. */
export function decodeCoordinates([points]: readonly tf.Tensor[]): Decoded {
  return { points: points as tf.Tensor2D }
}
