import * as tf from '@tensorflow/tfjs-core'
import { type AxisWindow, isIdentity, windowMatrix } from './axis-window.ts'

/**
 * Computes the gradient of a convolution with windows along rows and columns. For each image and channel it is y = R x Cᵀ, where R
 * and C are the {@link windowMatrix} of rows and columns, including padding and stride; so the gradient is dx = Rᵀ dy C, two
 * matrix products, exact at every edge.
 *
 * It is also faster than a transposed convolution followed by the gradient of the padding, on every backend.
 *
 * @param dy [batch, h, w, channels]
 * @param size height and width of x
 * @returns [batch, height, width, channels]
 */
export function axesGradient(
  dy: tf.Tensor4D,
  [height, width]: readonly [number, number],
  rows: AxisWindow,
  columns: AxisWindow,
): tf.Tensor4D {
  const [batch, h, w, channels] = dy.shape
  const images = batch * channels
  let gradient: tf.Tensor = tf.transpose(dy, [0, 3, 1, 2])
  if (!isIdentity(columns)) {
    const matrix = tf.tensor2d(windowMatrix(width, columns), [w, width])
    gradient = tf.matMul(tf.reshape(gradient, [images * h, w]), matrix)
  }
  if (isIdentity(rows)) {
    return tf.transpose(tf.reshape(gradient, [batch, channels, height, width]), [0, 2, 3, 1])
  }
  const matrix = tf.tensor2d(windowMatrix(height, rows), [h, height])
  const stack = tf.reshape(gradient, [images, h, width])
  if (tf.getBackend() === 'wasm') {
    // Backend wasm multiplies a batch of matrices one by one and packs each, which is slower than transposing them.
    const transposed = tf.reshape(tf.transpose(stack, [0, 2, 1]), [images * width, h])
    return tf.transpose(tf.reshape(tf.matMul(transposed, matrix), [batch, channels, width, height]), [0, 3, 2, 1])
  }
  const product = tf.matMul(matrix, stack, true)
  return tf.transpose(tf.reshape(product, [batch, channels, height, width]), [0, 2, 3, 1])
}
