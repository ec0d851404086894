import * as tf from '@tensorflow/tfjs'
import { axesGradient } from './axes-gradient.ts'
import { withBorder } from './border.ts'
import { keptFilter } from './kept-filter.ts'
import { type AxisWindow, isUntouched, UNTOUCHED, windowCount } from './window.ts'

/**
 * Weighs windows along rows and columns.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, h, w, channels], one value a window
 */
export function blurAlong(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const [, height, width] = x.shape
  windowCount(height, rows)
  windowCount(width, columns)
  const blur = tf.customGrad((input) => ({
    value: weighed(input as tf.Tensor4D, rows, columns),
    gradFunc: (dy) => axesGradient(dy as unknown as tf.Tensor4D, [height, width], rows, columns),
  }))
  return tf.tidy(() => blur(x.dtype === 'float32' ? x : tf.cast(x, 'float32')) as tf.Tensor4D)
}

/**
 * By one depthwise convolution, or one along each axis where that is faster. XNNPACK below engine wasm has fast code for filters of 3,
 * 4, 9 and 25 taps only, others take ten times as long: so filters are filled up with zeros.
 */
function weighed(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const bordered = withBorder(x, rows, columns)
  const square = rows.filter.length === columns.filter.length ? SQUARES[rows.filter.length] : undefined
  if (square) return depthwise(bordered, filled(rows, square), filled(columns, square))
  const line = (window: AxisWindow): AxisWindow =>
    filled(window, LINES.find((taps) => taps >= window.filter.length) as number)
  const narrow = depthwise(bordered, UNTOUCHED, line(columns))
  return isUntouched(rows) ? narrow : depthwise(narrow, line(rows), UNTOUCHED)
}

/** Taps of a side for filters that are convolved in one go, by their size. */
const SQUARES: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 3, 5: 5 }
const LINES = [3, 4, 9]

/** The same window, its filter filled up with zeros to so many taps, for which zeros are added behind. */
function filled(window: AxisWindow, taps: number): AxisWindow {
  const more = taps - window.filter.length
  const zeros = window.padding === 'zero' ? window : { before: 0, after: 0 }
  return {
    ...window,
    filter: [...window.filter, ...Array(more).fill(0)],
    before: zeros.before,
    after: zeros.after + more,
  }
}

function depthwise(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  return tf.depthwiseConv2d(
    x,
    keptFilter(rows.filter, columns.filter, x.shape[3]),
    [rows.stride, columns.stride],
    [
      [0, 0],
      [rows.before, rows.after],
      [columns.before, columns.after],
      [0, 0],
    ],
  )
}
