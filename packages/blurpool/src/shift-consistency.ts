import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { replicationPad2d } from './pad.ts'

export interface ShiftConsistency {
  /** Mean over pictures, points and shifts. */
  readonly meanPx: number
  /** The worst point of any picture and shift. */
  readonly maxPx: number
  /** Mean over pictures and points for each shift, right and down being positive. */
  readonly shifts: readonly { readonly x: number; readonly y: number; readonly meanPx: number }[]
}

export interface ShiftConsistencyOptions {
  /** [x, y] in pixels, right and down being positive; default one pixel right, left, down and up. */
  readonly shifts?: readonly (readonly [number, number])[]
  /** Pictures at once, default 16. */
  readonly batchSize?: number
}

/**
 * How far the predicted points move, beyond the shift itself, when a picture is shifted by a pixel: 0 for a model that follows
 * every shift. This is what anti-aliasing is for.
 *
 * @param model of pictures [batch, height, width, channels] to relative coordinates [batch, 2 N], x0 y0 x1 y1 ...
 * @param pictures [batch, height, width, channels], as the model takes them; what a shift leaves open repeats the edge
 * @returns distances in pixels of the model's input. Leaves no tensor behind
 *
 * Throws `SHIFT_MODEL` where the model does not give pairs of numbers, and `SHIFT_OPTIONS` for no shift or one that is not whole.
 *
 * @example
 * ```ts
 * const { meanPx } = await shiftConsistency(model, pictures)
 * ```
 *
 * Source: Zhang 2019, arXiv:1904.11486, section 4.1, told there for classes.
 */
export async function shiftConsistency(
  model: tf.LayersModel,
  pictures: tf.Tensor4D,
  { shifts = AROUND, batchSize = 16 }: ShiftConsistencyOptions = {},
): Promise<ShiftConsistency> {
  if (shifts.length === 0 || !shifts.flat().every(Number.isInteger) || !(batchSize >= 1)) {
    throw new FacekpError({
      code: 'SHIFT_OPTIONS',
      problem: 'pictures cannot be shifted so',
      received: JSON.stringify({ shifts, batchSize }),
      expected: 'one or more shifts [x, y] by whole pixels, and a batch of 1 or more',
    })
  }
  const [count, height, width] = pictures.shape
  const still = await predictions(model, pictures, [0, 0], batchSize)
  const told = []
  let maxPx = 0
  for (const [x, y] of shifts) {
    const moved = await predictions(model, pictures, [x, y], batchSize)
    let sum = 0
    for (let i = 0; i < moved.length; i += 2) {
      const dx = ((moved[i] as number) - (still[i] as number)) * width - x
      const dy = ((moved[i + 1] as number) - (still[i + 1] as number)) * height - y
      const distance = Math.hypot(dx, dy)
      sum += distance
      maxPx = Math.max(maxPx, distance)
    }
    told.push({ x, y, meanPx: sum / (moved.length / 2) })
  }
  if (count === 0) throw noPairs(pictures.shape)
  return { meanPx: told.reduce((sum, { meanPx }) => sum + meanPx, 0) / told.length, maxPx, shifts: told }
}

const AROUND = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const

async function predictions(
  model: tf.LayersModel,
  pictures: tf.Tensor4D,
  [x, y]: readonly [number, number],
  batchSize: number,
): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at < pictures.shape[0]; at += batchSize) {
    const output = tf.tidy(() => {
      const batch = tf.slice(pictures, at, Math.min(batchSize, pictures.shape[0] - at))
      return model.predict(shifted(batch, x, y)) as tf.Tensor
    })
    const { shape } = output
    if (shape.length !== 2 || (shape[1] as number) % 2 !== 0) {
      output.dispose()
      throw noPairs(shape)
    }
    found.push(...(await output.data()))
    output.dispose()
  }
  return found
}

/** Moved to the right by x and down by y, the edge repeated. */
function shifted(pictures: tf.Tensor4D, x: number, y: number): tf.Tensor4D {
  const sides = (by: number): [number, number] => [Math.max(by, 0), Math.max(-by, 0)]
  const padded = replicationPad2d(pictures, [sides(y), sides(x)])
  return tf.slice(padded, [0, Math.max(-y, 0), Math.max(-x, 0), 0], pictures.shape)
}

function noPairs(shape: readonly number[]): FacekpError {
  return new FacekpError({
    code: 'SHIFT_MODEL',
    problem: 'the model does not give points',
    received: `[${shape}]`,
    expected: '[pictures, 2 N], at least one picture',
  })
}
