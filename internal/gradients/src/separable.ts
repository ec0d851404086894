import * as tf from '@tensorflow/tfjs-core'

/** A pixel of the source that contributes to a pixel of the result along one axis. */
export interface Tap {
  readonly from: number
  readonly weight: number
}

/**
 * Computes the gradient of an operation on images that is one product with a matrix along each axis: the products with the transposed matrices.
 *
 * @param dy shape [batch, ...axes, channels]
 * @param shape of the source, likewise
 * @param taps those of each pixel of the result, along each axis
 */
export function multiplyAlongAxes(
  dy: tf.Tensor,
  shape: readonly number[],
  taps: readonly (readonly (readonly Tap[])[])[],
): tf.Tensor {
  let gradient = dy
  for (const [i, tapsOfAxis] of taps.entries()) {
    const [before, after] = [gradient.shape.slice(0, i + 1), gradient.shape.slice(i + 2)]
    const from = shape[i + 1] as number
    const count = tf.util.sizeFromShape(before)
    const product = tf.matMul(
      tf.tile(tf.expandDims(createMatrix(tapsOfAxis, from), 0), [count, 1, 1]),
      tf.reshape(gradient, [count, tapsOfAxis.length, tf.util.sizeFromShape(after)]),
      true,
    )
    gradient = tf.reshape(product, [...before, from, ...after])
  }
  return gradient
}

/** Creates the matrix of shape [taps.length, from] that holds the weight of each source pixel in each pixel of the result. */
function createMatrix(taps: readonly (readonly Tap[])[], from: number): tf.Tensor2D {
  const values = new Float32Array(taps.length * from)
  for (const [row, contributions] of taps.entries()) {
    for (const { from: column, weight } of contributions) {
      const at = row * from + column
      values[at] = (values[at] as number) + weight
    }
  }
  return tf.tensor2d(values, [taps.length, from])
}
