import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { axesGradient } from './axes-gradient.ts'
import { withBorder } from './border.ts'
import { checkRank } from './rank.ts'
import { type AxisWindow, UNTOUCHED } from './window.ts'

/** How many pixels are added before and after along an axis; one number for both. */
export type Sides = number | readonly [number, number]

const count = z.number().int().nonnegative()
const sidesSchema = z.union([count, z.tuple([count, count])])

/**
 * Adds a border that mirrors the picture without repeating its edge: [1, 2, 3] by 2 is [3, 2, 1, 2, 3, 2, 1]. As `tf.mirrorPad`, with
 * the right gradient.
 *
 * @param x [batch, height, width, channels]
 * @param padding of all sides, or [rows, columns]
 *
 * Throws `BLUR_SIZE` where a side is not longer than what is to be added, `PAD_SIDES` for a padding that is none, and `BLUR_RANK` for a tensor
 * of other dimensions.
 *
 * @example
 * ```ts
 * reflectionPad2d(x, [[1, 2], [1, 2]]) // 1 before and 2 after, rows and columns
 * ```
 */
export function reflectionPad2d(x: tf.Tensor4D, padding: number | readonly [Sides, Sides]): tf.Tensor4D {
  const [rows, columns] = typeof padding === 'number' ? [padding, padding] : padding
  return padded(x, border(rows, 'reflect'), border(columns, 'reflect'))
}

/**
 * Adds a border that repeats the edge: [1, 2, 3] by 2 is [1, 1, 1, 2, 3, 3, 3].
 *
 * @param x [batch, height, width, channels]
 * @param padding of all sides, or [rows, columns]
 *
 * Throws `PAD_SIDES` for a padding that is none, and `BLUR_RANK` for a tensor of other dimensions.
 */
export function replicationPad2d(x: tf.Tensor4D, padding: number | readonly [Sides, Sides]): tf.Tensor4D {
  const [rows, columns] = typeof padding === 'number' ? [padding, padding] : padding
  return padded(x, border(rows, 'replicate'), border(columns, 'replicate'))
}

/** {@link reflectionPad2d} along one axis. x: [batch, length, channels]. */
export function reflectionPad1d(x: tf.Tensor3D, padding: Sides): tf.Tensor3D {
  return alongLine(x, border(padding, 'reflect'))
}

/** {@link replicationPad2d} along one axis. x: [batch, length, channels]. */
export function replicationPad1d(x: tf.Tensor3D, padding: Sides): tf.Tensor3D {
  return alongLine(x, border(padding, 'replicate'))
}

function border(sides: Sides, padding: 'reflect' | 'replicate'): AxisWindow {
  const parsed = sidesSchema.safeParse(sides)
  if (!parsed.success) {
    throw new FacekpError({
      code: 'PAD_SIDES',
      problem: 'there is no such padding',
      received: JSON.stringify(sides),
      expected: 'a whole number of 0 or more, or two: before and after',
    })
  }
  const [before, after] = typeof sides === 'number' ? [sides, sides] : sides
  return { filter: [1], stride: 1, before, after, padding }
}

function alongLine(x: tf.Tensor3D, window: AxisWindow): tf.Tensor3D {
  checkRank(x, 3, '[batch, length, channels]')
  return tf.tidy(() => tf.squeeze(padded(tf.expandDims(x, 1) as tf.Tensor4D, UNTOUCHED, window), [1]))
}

function padded(x: tf.Tensor4D, rows: AxisWindow, columns: AxisWindow): tf.Tensor4D {
  checkRank(x, 4, '[batch, height, width, channels]')
  const [, height, width] = x.shape
  return tf.customGrad((input) => ({
    value: withBorder(input as tf.Tensor4D, rows, columns).clone(),
    gradFunc: (dy) => axesGradient(dy as unknown as tf.Tensor4D, [height, width], rows, columns),
  }))(x) as tf.Tensor4D
}
