import * as tf from '@tensorflow/tfjs'
import { axesGradient } from './axes-gradient.ts'
import { withBorder } from './border.ts'
import { cachedFilter } from './kept-filter.ts'
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

/** By one depthwise convolution, or on backend wasm by what is fast there. */
function weighed(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const convolve = tf.getBackend() === 'wasm' ? depthwiseOnWasm : depthwise
  return convolve(withBorder(x, rows, columns), onBordered(rows), onBordered(columns))
}

/** What is left to do along an axis once it has its border: of zeros, all. */
function onBordered(window: AxisWindow): AxisWindow {
  return window.padding === 'zero' ? window : { ...window, before: 0, after: 0 }
}

/**
 * XNNPACK below backend wasm has fast code for filters of 3, 4, 9 and 25 taps only, others take ten times as long. So filters are filled up
 * with zeros, and those that do not fit are convolved along one axis, then along the other.
 */
function depthwiseOnWasm(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const square = rows.filter.length === columns.filter.length ? SQUARES[rows.filter.length] : undefined
  if (square) return depthwise(x, filled(rows, square), filled(columns, square))
  const line = (window: AxisWindow): AxisWindow =>
    filled(window, LINES.find((taps) => taps >= window.filter.length) as number)
  const narrow = depthwise(x, UNTOUCHED, line(columns))
  return isUntouched(rows) ? narrow : depthwise(narrow, line(rows), UNTOUCHED)
}

/** Taps of a side for filters that are convolved in one go, by their size. */
const SQUARES: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 3, 5: 5 }
const LINES = [3, 4, 9]

/** The same window, its filter filled up with zeros to so many taps, for which as many are added behind. */
function filled(window: AxisWindow, taps: number): AxisWindow {
  const more = taps - window.filter.length
  return { ...window, filter: [...window.filter, ...Array(more).fill(0)], after: window.after + more }
}

function depthwise(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  return tf.depthwiseConv2d(
    x,
    cachedFilter(rows.filter, columns.filter, x.shape[3]),
    [rows.stride, columns.stride],
    [
      [0, 0],
      [rows.before, rows.after],
      [columns.before, columns.after],
      [0, 0],
    ],
  )
}
