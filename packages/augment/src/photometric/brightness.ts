import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, drawOffset, factorSchema, offsetSchema, type Range } from '../schemas.ts'
import { createPhotometricOp, pointwise } from './pixels.ts'

export interface BrightnessOptions {
  /** Factor of intensities: 0.2 is 0.8 to 1.2, as in torchvision's `ColorJitter(brightness=0.2)`. Default 0. */
  readonly factor?: Range
  /** Offset of intensities, as a fraction of the range from black to white. Default 0. */
  readonly offset?: Range
}

export type BrightnessParams = { readonly factor: number; readonly offset: number }

const definition: Definition<Required<BrightnessOptions>, BrightnessParams> = {
  name: 'brightness',
  options: z.strictObject({ factor: z._default(factorSchema, 0), offset: z._default(offsetSchema(1), 0) }),
  params: z.strictObject({ factor: z.number().check(z.nonnegative()), offset: z.number() }),
  makeParams: (random, _, { factor, offset }) => ({
    factor: drawFactor(random, factor),
    offset: drawOffset(random, offset),
  }),
  createOp: ({ factor, offset }) => createPhotometricOp((image) => pointwise(image, (unit) => unit * factor + offset)),
}

/**
 * Changes the brightness: intensity * factor + offset.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * brightness({ factor: 0.2, offset: 0.05 })
 * ```
 */
export function brightness(options: BrightnessOptions): Augmentation<BrightnessParams> {
  return define(definition, options)
}
