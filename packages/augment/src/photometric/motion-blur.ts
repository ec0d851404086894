import type { Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawOffset, offsetSchema, pairSchema, type Range } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const LONGEST = 101

export interface MotionBlurOptions {
  /** Length of the way in pixels, 1 to 101: up to this much, or from how much to how much. */
  readonly length: number | readonly [from: number, to: number]
  /** Its direction; 0 is along the rows, positive is clockwise. Default any, 90. */
  readonly degrees?: Range
}

export type MotionBlurParams = { readonly length: number; readonly degrees: number }

const definition: Definition<Required<MotionBlurOptions>, MotionBlurParams> = {
  name: 'motionBlur',
  options: z.strictObject({
    length: z.union([z.number().min(1).max(LONGEST), pairSchema(1, LONGEST)]),
    degrees: offsetSchema(360).default(90),
  }),
  params: z.strictObject({ length: z.number().min(1).max(LONGEST), degrees: z.number() }),
  makeParams: (random, _, { length, degrees }) => ({
    length: typeof length === 'number' ? random.uniform(1, length) : random.uniform(...length),
    degrees: drawOffset(random, degrees),
  }),
  createOp: ({ length, degrees }) => createPhotometricOp((image) => moveMeta(image, line(length, degrees))),
}

/** Blurs along a straight way, its middle where the picture stays. Throws `AUGMENT_OPTIONS`. */
export function motionBlur(options: MotionBlurOptions): Augmentation<MotionBlurParams> {
  return define(definition, options)
}

function moveMeta(image: Image, taps: readonly Tap[]): Image {
  if (taps.length === 1) return image
  return fromUnits(image, convolve(toUnits(image), image.width, image.height, image.channels, taps))
}

/** Places a pixel apart along the way, each shared among the four pixels around it; the ends count by what the way covers of them. */
function line(length: number, degrees: number): Tap[] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const weights = new Map<string, Tap>()
  const add = (dx: number, dy: number, weight: number): void => {
    if (weight < 1e-9) return
    const key = `${dx} ${dy}`
    weights.set(key, { dx, dy, weight: weight + (weights.get(key)?.weight ?? 0) })
  }
  const half = Math.ceil((length - 1) / 2)
  for (let step = -half; step <= half; step++) {
    const share = Math.min(1, Math.max(0, (length + 1) / 2 - Math.abs(step))) / length
    const [x, y] = [step * cos, step * sin]
    const [left, top] = [Math.floor(x + 1e-9), Math.floor(y + 1e-9)]
    const [u, v] = [Math.max(0, x - left), Math.max(0, y - top)]
    add(left, top, share * (1 - u) * (1 - v))
    add(left + 1, top, share * u * (1 - v))
    add(left, top + 1, share * (1 - u) * v)
    add(left + 1, top + 1, share * u * v)
  }
  return [...weights.values()]
}
