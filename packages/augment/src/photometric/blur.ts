import type { Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const LARGEST = 50

export interface BlurOptions {
  /** Standard deviation of the Gaussian in pixels, 0 to 50: up to this much, or from how much to how much. */
  readonly sigma: number | readonly [from: number, to: number]
}

export type BlurParams = { readonly sigma: number }

const definition: Definition<BlurOptions, BlurParams> = {
  name: 'blur',
  options: z.strictObject({ sigma: z.union([z.number().min(0).max(LARGEST), pairSchema(0, LARGEST)]) }),
  params: z.strictObject({ sigma: z.number().min(0).max(LARGEST) }),
  makeParams: (random, _, { sigma }) => ({
    sigma: typeof sigma === 'number' ? random.uniform(0, sigma) : random.uniform(...sigma),
  }),
  createOp: ({ sigma }) => createPhotometricOp((image) => blurred(image, sigma)),
}

/**
 * Blurs by a Gaussian, cut off at three standard deviations; the picture is mirrored at its edge. Throws `AUGMENT_OPTIONS`.
 *
 * @example
 * ```ts
 * blur({ sigma: 2 })
 * ```
 */
export function blur(options: BlurOptions): Augmentation<BlurParams> {
  return define(definition, options)
}

function blurred(image: Image, sigma: number): Image {
  const weights = gaussian(sigma)
  if (weights.length === 1) return image
  const { width, height, channels } = image
  const reach = (weights.length - 1) / 2
  const along = (x: number, y: number): Tap[] =>
    weights.map((weight, i) => ({ dx: x * (i - reach), dy: y * (i - reach), weight }))
  const rows = convolve(toUnits(image), width, height, channels, along(1, 0))
  return fromUnits(image, convolve(rows, width, height, channels, along(0, 1)))
}

function gaussian(sigma: number): number[] {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    i === reach ? 1 : Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
