import * as tf from '@tensorflow/tfjs'
import { type AxisWindow, windowCount } from './window.ts'

/**
 * x with the borders of both windows where those reflect or replicate; zeros are left to the convolution. The values only: its
 * gradient is that of `tf.mirrorPad`, which TensorFlow.js has wrong.
 *
 * @param x [batch, height, width, channels]
 */
export function withBorder(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const sides = [rows, columns].map(({ before, after }): [number, number] => [before, after])
  const { padding } = columns
  if (padding === 'zero' || sides.flat().every((side) => side === 0)) return x
  windowCount(x.shape[1], rows)
  windowCount(x.shape[2], columns)
  if (padding === 'reflect') return tf.mirrorPad(x, [[0, 0], ...sides, [0, 0]], 'reflect') as tf.Tensor4D
  return sides.reduce((padded, [before, after], i) => replicated(padded, i + 1, before, after), x)
}

function replicated(x: tf.Tensor4D, axis: number, before: number, after: number): tf.Tensor4D {
  if (before + after === 0) return x
  const edge = (at: number): tf.Tensor4D =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? at : 0)),
      x.shape.map((side, i) => (i === axis ? 1 : side)),
    )
  const [first, last] = [edge(0), edge((x.shape[axis] as number) - 1)]
  return tf.concat([...Array(before).fill(first), x, ...Array(after).fill(last)], axis)
}
