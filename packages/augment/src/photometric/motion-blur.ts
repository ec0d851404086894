import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawOffset, offsetSchema, pairSchema, type Range } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const MAX_LENGTH = 101

export interface MotionBlurOptions {
  /** Length of the motion in pixels, 1 to 101: 1 to this number, or [from, to]. */
  readonly length: number | readonly [from: number, to: number]
  /** Its direction; 0 is along the rows, positive is clockwise. Default 90: any direction. */
  readonly degrees?: Range
}

export type MotionBlurParams = { readonly length: number; readonly degrees: number }

const definition: Definition<Required<MotionBlurOptions>, MotionBlurParams> = {
  name: 'motionBlur',
  options: z.strictObject({
    length: z.union([z.number().check(z.minimum(1), z.maximum(MAX_LENGTH)), pairSchema(1, MAX_LENGTH)]),
    degrees: z._default(offsetSchema(360), 90),
  }),
  params: z.strictObject({ length: z.number().check(z.minimum(1), z.maximum(MAX_LENGTH)), degrees: z.number() }),
  makeParams: (random, _, { length, degrees }) => ({
    length: typeof length === 'number' ? random.uniform(1, length) : random.uniform(...length),
    degrees: drawOffset(random, degrees),
  }),
  createOp: ({ length, degrees }) =>
    createPhotometricOp((image) => convolveImage(image, createLineTaps(length, degrees))),
}

/**
 * Blurs along a straight line through each pixel.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * motionBlur({ length: 9 })
 * ```
 */
export function motionBlur(options: MotionBlurOptions): Augmentation<MotionBlurParams> {
  return define(definition, options)
}

function convolveImage(image: Image, taps: readonly Tap[]): Image {
  if (taps.length === 1) return image
  return fromUnits(image, convolve(toUnits(image), image, taps))
}

/** Returns taps one pixel apart along the line, each split among four pixels; the ends weigh as much as is covered. */
function createLineTaps(length: number, degrees: number): Tap[] {
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180)
  const weights = new Map<string, Tap>()
  const add = (dx: number, dy: number, weight: number): void => {
    if (weight < 1e-9) return
    const key = `${dx} ${dy}`
    weights.set(key, { dx, dy, weight: weight + (weights.get(key)?.weight ?? 0) })
  }
  const half = Math.ceil((length - 1) / 2)
  for (let step = -half; step <= half; step++) {
    const weight = Math.min(1, Math.max(0, (length + 1) / 2 - Math.abs(step))) / length
    const x = step * cos
    const y = step * sin
    const left = Math.floor(x + 1e-9)
    const top = Math.floor(y + 1e-9)
    const u = Math.max(0, x - left)
    const v = Math.max(0, y - top)
    add(left, top, weight * (1 - u) * (1 - v))
    add(left + 1, top, weight * u * (1 - v))
    add(left, top + 1, weight * (1 - u) * v)
    add(left + 1, top + 1, weight * u * v)
  }
  return [...weights.values()]
}
