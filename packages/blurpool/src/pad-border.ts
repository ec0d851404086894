import * as tf from '@tensorflow/tfjs-core'
import { type AxisWindow, windowCount } from './axis-window.ts'

/**
 * Pads x for both windows if they reflect or replicate; zeros are left to the convolution. For values only: the gradient of
 * `tf.mirrorPad` in TensorFlow.js is incorrect.
 *
 * @param x [batch, height, width, channels]
 */
export function padBorder(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const sides = [rows, columns].map(({ before, after }): [number, number] => [before, after])
  const { padding } = columns
  if (padding === 'zero' || sides.flat().every((side) => side === 0)) return x
  windowCount(x.shape[1], rows)
  windowCount(x.shape[2], columns)
  if (padding === 'reflect') return tf.mirrorPad(x, [[0, 0], ...sides, [0, 0]], 'reflect') as tf.Tensor4D
  return sides.reduce((padded, [before, after], i) => replicateEdge(padded, i + 1, before, after), x)
}

function replicateEdge(x: tf.Tensor4D, axis: number, before: number, after: number): tf.Tensor4D {
  if (before + after === 0) return x
  const edge = (at: number): tf.Tensor4D =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? at : 0)),
      x.shape.map((side, i) => (i === axis ? 1 : side)),
    )
  const first = edge(0)
  const last = edge((x.shape[axis] as number) - 1)
  return tf.concat([...Array(before).fill(first), x, ...Array(after).fill(last)], axis)
}
