import * as tf from '@tensorflow/tfjs-core'

/** Half the sides of the window around a point that counts to its confidence, relative to the image's sides. */
const WINDOW_RADIUS = 1 / 20

/** Checks whether a layer or weight of this name holds the fixed cell centers of a decoder, which are never trained. */
export function isDecoderConstant(name: string): boolean {
  return /^(places|simcc_[xy]_place)($|[./])/.test(name)
}

/** Returns 1 for each center within the confidence window of a point along one axis, else 0. The shapes are broadcast. */
export function isWithin(centers: tf.Tensor, points: tf.Tensor): tf.Tensor {
  return tf.step(tf.sub(WINDOW_RADIUS, tf.abs(tf.sub(centers, points))))
}
