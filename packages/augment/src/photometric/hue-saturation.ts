import { FacekpError, type Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, drawOffset, factorSchema, offsetSchema, type Range } from '../schemas.ts'
import { createPhotometricOp, fromUnits, luminance, toUnits } from './pixels.ts'

export interface HueSaturationOptions {
  /** Rotation of the hue, in turns: 0.1 is -0.1 to 0.1. Default 0. */
  readonly hue?: Range
  /** Factor of the saturation: 0.2 is 0.8 to 1.2. Default 0. */
  readonly saturation?: Range
}

export type HueSaturationParams = { readonly hue: number; readonly saturation: number }

const definition: Definition<Required<HueSaturationOptions>, HueSaturationParams> = {
  name: 'hueSaturation',
  options: z.strictObject({ hue: z._default(offsetSchema(0.5), 0), saturation: z._default(factorSchema, 0) }),
  params: z.strictObject({
    hue: z.number().check(z.minimum(-0.5), z.maximum(0.5)),
    saturation: z.number().check(z.nonnegative()),
  }),
  makeParams: (random, _, { hue, saturation }) => ({
    hue: drawOffset(random, hue),
    saturation: drawFactor(random, saturation),
  }),
  createOp: ({ hue, saturation }) => createPhotometricOp((image) => adjustHueSaturation(image, hue, saturation)),
}

/**
 * Scales the saturation, then rotates the hue in HSV, like torchvision's `adjust_saturation` and `adjust_hue`.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options; `apply` throws `AUGMENT_CHANNELS` for a gray image
 *
 * @example
 * ```ts
 * hueSaturation({ hue: 0.05, saturation: 0.3 })
 * ```
 */
export function hueSaturation(options: HueSaturationOptions): Augmentation<HueSaturationParams> {
  return define(definition, options)
}

function adjustHueSaturation(image: Image, hue: number, saturation: number): Image {
  if (image.channels !== 3) {
    throw new FacekpError({
      code: 'AUGMENT_CHANNELS',
      problem: 'hueSaturation: wrong number of channels',
      received: 'a gray image',
      expected: 'an image of 3 channels',
    })
  }
  const units = toUnits(image)
  for (let i = 0; i < units.length; i += 3) {
    const red = units[i] as number
    const green = units[i + 1] as number
    const blue = units[i + 2] as number
    const gray = luminance(red, green, blue)
    const saturate = (value: number): number => Math.min(Math.max(gray + saturation * (value - gray), 0), 1)
    rotateHue([saturate(red), saturate(green), saturate(blue)], hue, units, i)
  }
  return fromUnits(image, units)
}

type Color = readonly [red: number, green: number, blue: number]

/** Rotates the hue of one color and writes it to `to` at index `at`. */
function rotateHue([red, green, blue]: Color, hueShift: number, to: Float32Array, at: number): void {
  const value = Math.max(red, green, blue)
  const chroma = value - Math.min(red, green, blue)
  const sixth = chroma === 0 ? 0 : computeHueSixth([red, green, blue], value, chroma)
  for (const [channel, offset] of [5, 3, 1].entries()) {
    const k = (((offset + sixth + 6 * hueShift) % 6) + 6) % 6
    to[at + channel] = value - chroma * Math.max(0, Math.min(k, 4 - k, 1))
  }
}

/** Returns the hue of a color that is not gray, in sixths of a turn. */
function computeHueSixth([red, green, blue]: Color, value: number, chroma: number): number {
  if (value === red) return (green - blue) / chroma
  if (value === green) return 2 + (blue - red) / chroma
  return 4 + (red - green) / chroma
}
