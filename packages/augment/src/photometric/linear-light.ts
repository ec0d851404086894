import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawOffset, offsetSchema, type Range } from '../schemas.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

export interface LinearLightOptions {
  /**
   * Brightness at the right and lower edge relative to the center, as a fraction of the range from black to white.
   * The opposite edges darken by the same amount.
   */
  readonly strength: Range
}

export type LinearLightParams = { readonly right: number; readonly down: number }

const definition: Definition<LinearLightOptions, LinearLightParams> = {
  name: 'linearLight',
  options: z.strictObject({ strength: offsetSchema(1) }),
  params: z.strictObject({ right: z.number(), down: z.number() }),
  makeParams: (random, _, { strength }) => ({
    right: drawOffset(random, strength),
    down: drawOffset(random, strength),
  }),
  createOp: ({ right, down }) => createPhotometricOp((image) => addLight(image, right, down)),
}

/**
 * Adds a linear brightness gradient across the image.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * linearLight({ strength: 0.2 })
 * ```
 */
export function linearLight(options: LinearLightOptions): Augmentation<LinearLightParams> {
  return define(definition, options)
}

function addLight(image: Image, right: number, down: number): Image {
  const { width, height, channels } = image
  const units = toUnits(image)
  for (let y = 0, i = 0; y < height; y++) {
    const row = down * (((y + 0.5) * 2) / height - 1)
    for (let x = 0; x < width; x++) {
      const light = row + right * (((x + 0.5) * 2) / width - 1)
      for (let c = 0; c < channels; c++, i++) units[i] = (units[i] as number) + light
    }
  }
  return fromUnits(image, units)
}
