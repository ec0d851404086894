import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const MAX_SIGMA = 50

export interface BlurOptions {
  /** Standard deviation of the Gaussian in pixels, 0 to 50: 0 to this number, or [from, to]. */
  readonly sigma: number | readonly [from: number, to: number]
}

export type BlurParams = { readonly sigma: number }

const definition: Definition<BlurOptions, BlurParams> = {
  name: 'blur',
  options: z.strictObject({
    sigma: z.union([z.number().check(z.minimum(0), z.maximum(MAX_SIGMA)), pairSchema(0, MAX_SIGMA)]),
  }),
  params: z.strictObject({ sigma: z.number().check(z.minimum(0), z.maximum(MAX_SIGMA)) }),
  makeParams: (random, _, { sigma }) => ({
    sigma: typeof sigma === 'number' ? random.uniform(0, sigma) : random.uniform(...sigma),
  }),
  createOp: ({ sigma }) => createPhotometricOp((image) => blurImage(image, sigma)),
}

/**
 * Blurs with a Gaussian, cut off at three standard deviations; the image is reflected at its edge.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * blur({ sigma: 2 })
 * ```
 */
export function blur(options: BlurOptions): Augmentation<BlurParams> {
  return define(definition, options)
}

function blurImage(image: Image, sigma: number): Image {
  const weights = createGaussianKernel(sigma)
  if (weights.length === 1) return image
  const radius = (weights.length - 1) / 2
  const tapsAlong = (x: number, y: number): Tap[] =>
    weights.map((weight, i) => ({ dx: x * (i - radius), dy: y * (i - radius), weight }))
  const rows = convolve(toUnits(image), image, tapsAlong(1, 0))
  return fromUnits(image, convolve(rows, image, tapsAlong(0, 1)))
}

function createGaussianKernel(sigma: number): number[] {
  const radius = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    i === radius ? 1 : Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
