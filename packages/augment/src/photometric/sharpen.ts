import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, factorSchema, type Range } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

export interface SharpenOptions {
  /** 0 smooths, 1 changes nothing, 2 sharpens: 0.5 is 0.5 to 1.5. */
  readonly factor: Range
}

export type SharpenParams = { readonly factor: number }

const SMOOTHING_TAPS: readonly Tap[] = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].map((dx) => ({ dx, dy, weight: (dx === 0 && dy === 0 ? 5 : 1) / 13 })),
)

const definition: Definition<SharpenOptions, SharpenParams> = {
  name: 'sharpen',
  options: z.strictObject({ factor: factorSchema }),
  params: z.strictObject({ factor: z.number().check(z.nonnegative()) }),
  makeParams: (random, _, { factor }) => ({ factor: drawFactor(random, factor) }),
  createOp: ({ factor }) => createPhotometricOp((image) => sharpenImage(image, factor)),
}

/**
 * Extrapolates away from a smoothed image, or interpolates toward it, like torchvision's `adjust_sharpness`.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * sharpen({ factor: 0.5 })
 * ```
 */
export function sharpen(options: SharpenOptions): Augmentation<SharpenParams> {
  return define(definition, options)
}

function sharpenImage(image: Image, factor: number): Image {
  const { width, height, channels } = image
  const units = toUnits(image)
  const smooth = convolve(units, image, SMOOTHING_TAPS)
  const isInner = (i: number): boolean => {
    const x = Math.floor(i / channels) % width
    const y = Math.floor(i / channels / width)
    return x > 0 && y > 0 && x < width - 1 && y < height - 1
  }
  // The outermost pixels stay unchanged, as in torchvision and Pillow.
  return fromUnits(
    image,
    units.map((value, i) => {
      if (!isInner(i)) return value
      const smoothed = smooth[i] as number
      return smoothed + factor * (value - smoothed)
    }),
  )
}
