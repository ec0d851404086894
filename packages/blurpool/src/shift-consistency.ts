import { type ArgumentKind, checkArgument, checkOptions, FacekpError, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { replicationPad2d } from './pad.ts'

export interface ShiftConsistency {
  /** Mean over images, points and shifts. */
  readonly meanPx: number
  /** The worst point of any image and shift. */
  readonly maxPx: number
  /** Mean over images and points for each shift, right and down positive. */
  readonly shifts: readonly { readonly x: number; readonly y: number; readonly meanPx: number }[]
}

export interface ShiftConsistencyOptions {
  /** [x, y] in pixels, right and down positive; default one pixel right, left, down and up. */
  readonly shifts?: readonly (readonly [number, number])[]
  /** Images per batch, default 16. */
  readonly batchSize?: number
}

const UNIT_SHIFTS: [number, number][] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
]

const SHIFTS: ArgumentKind<readonly (readonly [number, number])[]> = {
  expected: 'a list of at least one [x, y] of integers',
  test: isShifts,
}
const SHIFT_OPTIONS = optionsKind({ shifts: SHIFTS, batchSize: KINDS.size })

/**
 * Measures how far predicted points move, beyond the shift itself, when an image is shifted by a pixel: 0 for a model that
 * follows every shift.
 *
 * @param model of images [batch, height, width, channels] to relative coordinates [batch, 2 N], x0 y0 x1 y1 ...
 * @param images [batch, height, width, channels], in the input range of the model; the edge is replicated
 * @returns distances in pixels of the model's input. Leaves no tensor behind
 *
 * @throws `SHIFT_MODEL` if the model's output is not one tensor [batch, 2 N], or there are no images; `SHIFT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * const { meanPx } = await shiftConsistency(model, images)
 * ```
 *
 * Source: Zhang 2019, arXiv:1904.11486, section 4.1, which measures it for classes.
 */
export async function shiftConsistency(
  model: tfl.LayersModel,
  images: tf.Tensor4D,
  options: ShiftConsistencyOptions = {},
): Promise<ShiftConsistency> {
  checkArgument(KINDS.model, model, 'model', 'shiftConsistency')
  checkArgument(KINDS.tensor, images, 'images', 'shiftConsistency')
  checkOptions(SHIFT_OPTIONS, options, { code: 'SHIFT_OPTIONS', name: 'shiftConsistency' })
  const { shifts = UNIT_SHIFTS, batchSize = 16 } = options
  const [count, height, width] = images.shape
  const unshifted = await predictAll(model, images, [0, 0], batchSize)
  const shiftMeans = []
  let maxPx = 0
  for (const [x, y] of shifts) {
    const predicted = await predictAll(model, images, [x, y], batchSize)
    let sum = 0
    for (let i = 0; i < predicted.length; i += 2) {
      const dx = ((predicted[i] as number) - (unshifted[i] as number)) * width - x
      const dy = ((predicted[i + 1] as number) - (unshifted[i + 1] as number)) * height - y
      const distance = Math.hypot(dx, dy)
      sum += distance
      maxPx = Math.max(maxPx, distance)
    }
    shiftMeans.push({ x, y, meanPx: sum / (predicted.length / 2) })
  }
  if (count === 0) throw outputShapeError(`[${images.shape}]`)
  return {
    meanPx: shiftMeans.reduce((sum, { meanPx }) => sum + meanPx, 0) / shiftMeans.length,
    maxPx,
    shifts: shiftMeans,
  }
}

async function predictAll(
  model: tfl.LayersModel,
  images: tf.Tensor4D,
  [x, y]: readonly [number, number],
  batchSize: number,
): Promise<number[]> {
  const predictions: number[] = []
  for (let at = 0; at < images.shape[0]; at += batchSize) {
    const output = tf.tidy(() => {
      const batch = tf.slice(images, at, Math.min(batchSize, images.shape[0] - at))
      return model.predict(shiftImages(batch, x, y))
    })
    if (Array.isArray(output)) {
      tf.dispose(output)
      throw outputShapeError(`${output.length} outputs`)
    }
    const { shape } = output
    if (shape.length !== 2 || (shape[1] as number) % 2 !== 0) {
      output.dispose()
      throw outputShapeError(`[${shape}]`)
    }
    try {
      for (const value of await output.data()) predictions.push(value)
    } finally {
      output.dispose()
    }
  }
  return predictions
}

function isShifts(value: unknown): boolean {
  const isShift = (shift: unknown): boolean =>
    Array.isArray(shift) && shift.length === 2 && shift.every(Number.isSafeInteger)
  return Array.isArray(value) && value.length > 0 && value.every(isShift)
}

/** Shifts images right by x and down by y; the edge is replicated. */
function shiftImages(images: tf.Tensor4D, x: number, y: number): tf.Tensor4D {
  const sides = (by: number): [number, number] => [Math.max(by, 0), Math.max(-by, 0)]
  const padded = replicationPad2d(images, [sides(y), sides(x)])
  return tf.slice(padded, [0, Math.max(-y, 0), Math.max(-x, 0), 0], images.shape)
}

function outputShapeError(received: string): FacekpError {
  return new FacekpError({
    code: 'SHIFT_MODEL',
    problem: 'shiftConsistency: wrong model output',
    received,
    expected: '[images, 2 N], at least one image',
  })
}
