import { checkArgument, FacekpError, formatValue } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tf from '@tensorflow/tfjs-core'
import { axesGradient } from './axes-gradient.ts'
import { type AxisWindow, IDENTITY } from './axis-window.ts'
import { checkRank } from './check-rank.ts'
import { padBorder } from './pad-border.ts'

/** Pixels added before and after along an axis; one number for both. */
export type Sides = number | readonly [number, number]

/**
 * Pads by reflection without repeating the edge: [1, 2, 3] by 2 is [3, 2, 1, 2, 3, 2, 1]. Like `tf.mirrorPad`, with
 * the correct gradient.
 *
 * @param x [batch, height, width, channels]
 * @param padding of all sides, or [rows, columns]
 *
 * @throws `BLUR_SIZE` if a side is not longer than its padding, `PAD_SIDES` for an invalid padding, `BLUR_RANK` for another rank
 *
 * @example
 * ```ts
 * reflectionPad2d(x, [[1, 2], [1, 2]]) // 1 before and 2 after, rows and columns
 * ```
 */
export function reflectionPad2d(x: tf.Tensor4D, padding: number | readonly [Sides, Sides]): tf.Tensor4D {
  checkArgument(KINDS.tensor, x, 'x', 'reflectionPad2d')
  const [rows, columns] = splitAxes(padding)
  return pad2d(x, createPadWindow(rows, 'reflect'), createPadWindow(columns, 'reflect'))
}

/**
 * Pads by repeating the edge: [1, 2, 3] by 2 is [1, 1, 1, 2, 3, 3, 3].
 *
 * @param x [batch, height, width, channels]
 * @param padding of all sides, or [rows, columns]
 *
 * @throws `PAD_SIDES` for an invalid padding, `BLUR_RANK` for another rank
 */
export function replicationPad2d(x: tf.Tensor4D, padding: number | readonly [Sides, Sides]): tf.Tensor4D {
  checkArgument(KINDS.tensor, x, 'x', 'replicationPad2d')
  const [rows, columns] = splitAxes(padding)
  return pad2d(x, createPadWindow(rows, 'replicate'), createPadWindow(columns, 'replicate'))
}

/** Applies {@link reflectionPad2d} along one axis of [batch, length, channels]. */
export function reflectionPad1d(x: tf.Tensor3D, padding: Sides): tf.Tensor3D {
  checkArgument(KINDS.tensor, x, 'x', 'reflectionPad1d')
  return pad1d(x, createPadWindow(padding, 'reflect'))
}

/** Applies {@link replicationPad2d} along one axis of [batch, length, channels]. */
export function replicationPad1d(x: tf.Tensor3D, padding: Sides): tf.Tensor3D {
  checkArgument(KINDS.tensor, x, 'x', 'replicationPad1d')
  return pad1d(x, createPadWindow(padding, 'replicate'))
}

/** Returns the paddings of rows and columns. Anything else than a list of two is the padding of both. */
function splitAxes(padding: number | readonly [Sides, Sides]): readonly [Sides, Sides] {
  return Array.isArray(padding) ? (padding as unknown as [Sides, Sides]) : [padding as number, padding as number]
}

function createPadWindow(sides: Sides, padding: 'reflect' | 'replicate'): AxisWindow {
  const counts: unknown = typeof sides === 'number' ? [sides, sides] : sides
  if (!isPairOfCounts(counts)) {
    throw new FacekpError({
      code: 'PAD_SIDES',
      problem: 'invalid padding',
      received: formatValue(sides),
      expected: 'a non-negative integer, or [before, after]',
    })
  }
  const [before, after] = counts
  return { filter: [1], stride: 1, before, after, padding }
}

function isPairOfCounts(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((count) => Number.isSafeInteger(count) && count >= 0)
}

function pad1d(x: tf.Tensor3D, window: AxisWindow): tf.Tensor3D {
  checkRank(x, 3, '[batch, length, channels]')
  return tf.tidy(() => tf.squeeze(pad2d(tf.expandDims(x, 1) as tf.Tensor4D, IDENTITY, window), [1]))
}

function pad2d(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  checkRank(x, 4, '[batch, height, width, channels]')
  const [, height, width] = x.shape
  return tf.customGrad((input) => ({
    value: padBorder(input as tf.Tensor4D, rows, columns).clone(),
    gradFunc: (dy) => axesGradient(dy as unknown as tf.Tensor4D, [height, width], rows, columns),
  }))(x) as tf.Tensor4D
}
