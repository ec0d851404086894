import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, factorSchema, type Range } from '../schemas.ts'
import { createPhotometricOp, luminances, pointwise, toUnits } from './pixels.ts'

export interface ContrastOptions {
  /** Factor of the distance from the mean: 0.2 is 0.8 to 1.2, as in torchvision's `ColorJitter(contrast=0.2)`. */
  readonly factor: Range
}

export type ContrastParams = { readonly factor: number }

const definition: Definition<ContrastOptions, ContrastParams> = {
  name: 'contrast',
  options: z.strictObject({ factor: factorSchema }),
  params: z.strictObject({ factor: z.number().check(z.nonnegative()) }),
  makeParams: (random, _, { factor }) => ({ factor: drawFactor(random, factor) }),
  createOp: ({ factor }) =>
    createPhotometricOp((image) => {
      const gray = luminances(toUnits(image), image.channels)
      const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length
      return pointwise(image, (unit) => mean + factor * (unit - mean))
    }),
}

/**
 * Changes the contrast about the image's mean luminance.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * contrast({ factor: 0.2 })
 * ```
 */
export function contrast(options: ContrastOptions): Augmentation<ContrastParams> {
  return define(definition, options)
}
