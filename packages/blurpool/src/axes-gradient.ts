import * as tf from '@tensorflow/tfjs'
import { type AxisWindow, isUntouched, windowMatrix } from './window.ts'

/**
 * The gradient of anything that works along rows and columns by windows. Such a thing is y = R x Cᵀ for each image and channel, R
 * and C being {@link windowMatrix}, border and stride within; so the gradient is dx = Rᵀ dy C, two products of matrices,
 * right at every edge, without a gradient by the filter.
 *
 * It is also fast: the transposed convolution that it replaces is slow on every backend, and so is putting back what a border owes.
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
  if (!isUntouched(columns)) {
    const matrix = tf.tensor2d(windowMatrix(width, columns), [w, width])
    gradient = tf.matMul(tf.reshape(gradient, [images * h, w]), matrix)
  }
  if (isUntouched(rows)) {
    return tf.transpose(tf.reshape(gradient, [batch, channels, height, width]), [0, 2, 3, 1])
  }
  const matrix = tf.tensor2d(windowMatrix(height, rows), [h, height])
  const stack = tf.reshape(gradient, [images, h, width])
  if (tf.getBackend() === 'wasm') {
    // Multiplies a stack of matrices one by one and packs each anew, which costs more than turning them.
    const turned = tf.reshape(tf.transpose(stack, [0, 2, 1]), [images * width, h])
    return tf.transpose(tf.reshape(tf.matMul(turned, matrix), [batch, channels, width, height]), [0, 3, 2, 1])
  }
  const product = tf.matMul(matrix, stack, true)
  return tf.transpose(tf.reshape(product, [batch, channels, height, width]), [0, 2, 3, 1])
}
