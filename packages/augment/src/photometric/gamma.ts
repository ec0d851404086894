import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawRatio, type Range, ratioSchema } from '../schemas.ts'
import { createPhotometricOp, pointwise } from './pixels.ts'

export interface GammaOptions {
  /** Exponent of intensities: 1.5 is 1 / 1.5 to 1.5. */
  readonly gamma: Range
}

export type GammaParams = { readonly gamma: number }

const definition: Definition<GammaOptions, GammaParams> = {
  name: 'gamma',
  options: z.strictObject({ gamma: ratioSchema }),
  params: z.strictObject({ gamma: z.number().check(z.positive()) }),
  makeParams: (random, _, { gamma }) => ({ gamma: drawRatio(random, gamma) }),
  createOp: ({ gamma }) => createPhotometricOp((image) => pointwise(image, (unit) => unit ** gamma)),
}

/**
 * Raises intensities (0 to 1) to a power: above 1 darkens the midtones, below 1 lightens them.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * gamma({ gamma: 1.5 })
 * ```
 */
export function gamma(options: GammaOptions): Augmentation<GammaParams> {
  return define(definition, options)
}
