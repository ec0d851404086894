import * as tf from '@tensorflow/tfjs-core'
import { axesGradient } from './axes-gradient.ts'
import { type AxisWindow, IDENTITY, isIdentity, windowCount } from './axis-window.ts'
import { cachedFilter } from './cached-filter.ts'
import { padBorder } from './pad-border.ts'

/**
 * Convolves with windows along rows and columns.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, h, w, channels], one value for each window
 */
export function blurAlong(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const [, height, width] = x.shape
  windowCount(height, rows)
  windowCount(width, columns)
  const blur = tf.customGrad((input) => ({
    value: convolve(input as tf.Tensor4D, rows, columns),
    gradFunc: (dy) => axesGradient(dy as unknown as tf.Tensor4D, [height, width], rows, columns),
  }))
  return tf.tidy(() => blur(x.dtype === 'float32' ? x : tf.cast(x, 'float32')) as tf.Tensor4D)
}

/** Uses one depthwise convolution, or a faster equivalent on backend wasm. */
function convolve(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const convolveDepthwise = tf.getBackend() === 'wasm' ? depthwiseOnWasm : depthwise
  return convolveDepthwise(padBorder(x, rows, columns), withoutPadding(rows), withoutPadding(columns))
}

/** Returns the window to apply after {@link padBorder}, which leaves zero padding to the convolution. */
function withoutPadding(window: AxisWindow): AxisWindow {
  return window.padding === 'zero' ? window : { ...window, before: 0, after: 0 }
}

/**
 * Convolves on backend wasm. Its XNNPACK is fast for filters of 3, 4, 9 and 25 taps only; others take ten times as long. So
 * filters are padded with zeros, and larger ones are applied along one axis, then along the other.
 */
function depthwiseOnWasm(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  const square = rows.filter.length === columns.filter.length ? SQUARES[rows.filter.length] : undefined
  if (square) return depthwise(x, zeroPadFilter(rows, square), zeroPadFilter(columns, square))
  const line = (window: AxisWindow): AxisWindow =>
    zeroPadFilter(window, LINES.find((taps) => taps >= window.filter.length) as number)
  const narrow = depthwise(x, IDENTITY, line(columns))
  return isIdentity(rows) ? narrow : depthwise(narrow, line(rows), IDENTITY)
}

/** Padded side of filters that are applied at once, by their size. */
const SQUARES: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 3, 5: 5 }
const LINES = [3, 4, 9]

/** Pads a window's filter with zeros to this number of taps, and the input by as many pixels. */
function zeroPadFilter(window: AxisWindow, taps: number): AxisWindow {
  const extra = taps - window.filter.length
  return { ...window, filter: [...window.filter, ...Array(extra).fill(0)], after: window.after + extra }
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
