import { FacekpError, type Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, drawOffset, factorSchema, offsetSchema, type Range } from '../schemas.ts'
import { createPhotometricOp, fromUnits, luminance, toUnits } from './pixels.ts'

export interface HueSaturationOptions {
  /** How far to turn the hue, in turns of the color circle: 0.1 is -0.1 to 0.1. Default 0. */
  readonly hue?: Range
  /** What saturation is multiplied by: 0.2 is 0.8 to 1.2. Default 0. */
  readonly saturation?: Range
}

export type HueSaturationParams = { readonly hue: number; readonly saturation: number }

const definition: Definition<Required<HueSaturationOptions>, HueSaturationParams> = {
  name: 'hueSaturation',
  options: z.strictObject({ hue: offsetSchema(0.5).default(0), saturation: factorSchema.default(0) }),
  params: z.strictObject({ hue: z.number().min(-0.5).max(0.5), saturation: z.number().nonnegative() }),
  makeParams: (random, _, { hue, saturation }) => ({
    hue: drawOffset(random, hue),
    saturation: drawFactor(random, saturation),
  }),
  createOp: ({ hue, saturation }) => createPhotometricOp((image) => changed(image, hue, saturation)),
}

/**
 * Changes the saturation (toward or away from gray), then turns the hue (in HSV), as torchvision's `adjust_saturation` and
 * `adjust_hue`. Throws `AUGMENT_OPTIONS`, and `AUGMENT_CHANNELS` where a picture is gray.
 */
export function hueSaturation(options: HueSaturationOptions): Augmentation<HueSaturationParams> {
  return define(definition, options)
}

function changed(image: Image, hue: number, saturation: number): Image {
  if (image.channels !== 3) {
    throw new FacekpError({
      code: 'AUGMENT_CHANNELS',
      problem: 'hueSaturation needs colors',
      received: 'a gray picture',
      expected: 'red, green and blue',
    })
  }
  const units = toUnits(image)
  for (let i = 0; i < units.length; i += 3) {
    const [red, green, blue] = [units[i] as number, units[i + 1] as number, units[i + 2] as number]
    const gray = luminance(red, green, blue)
    const held = (value: number): number => Math.min(Math.max(gray + saturation * (value - gray), 0), 1)
    turnHue(held(red), held(green), held(blue), hue, units, i)
  }
  return fromUnits(image, units)
}

/** Through HSV and back, written to `to` at `at`. */
function turnHue(red: number, green: number, blue: number, turns: number, to: Float32Array, at: number): void {
  const value = Math.max(red, green, blue)
  const chroma = value - Math.min(red, green, blue)
  const sixth =
    chroma === 0
      ? 0
      : value === red
        ? (green - blue) / chroma
        : value === green
          ? 2 + (blue - red) / chroma
          : 4 + (red - green) / chroma
  for (const [channel, offset] of [5, 3, 1].entries()) {
    const k = (((offset + sixth + 6 * turns) % 6) + 6) % 6
    to[at + channel] = value - chroma * Math.max(0, Math.min(k, 4 - k, 1))
  }
}
