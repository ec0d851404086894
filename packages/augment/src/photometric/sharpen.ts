import type { Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawFactor, factorSchema, type Range } from '../schemas.ts'
import { convolve, type Tap } from './convolve.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

export interface SharpenOptions {
  /** 0 smooths, 1 changes nothing, 2 sharpens: 0.5 is 0.5 to 1.5; or from how much to how much. */
  readonly factor: Range
}

export type SharpenParams = { readonly factor: number }

const SMOOTH: readonly Tap[] = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].map((dx) => ({ dx, dy, weight: (dx === 0 && dy === 0 ? 5 : 1) / 13 })),
)

const definition: Definition<SharpenOptions, SharpenParams> = {
  name: 'sharpen',
  options: z.strictObject({ factor: factorSchema }),
  params: z.strictObject({ factor: z.number().nonnegative() }),
  makeParams: (random, _, { factor }) => ({ factor: drawFactor(random, factor) }),
  createOp: ({ factor }) => createPhotometricOp((image) => sharpened(image, factor)),
}

/** Away from, or toward, a smoothed picture, as torchvision's `adjust_sharpness`. Throws `AUGMENT_OPTIONS`. */
export function sharpen(options: SharpenOptions): Augmentation<SharpenParams> {
  return define(definition, options)
}

function sharpened(image: Image, factor: number): Image {
  const { width, height, channels } = image
  const units = toUnits(image)
  const smooth = convolve(units, width, height, channels, SMOOTH)
  const inner = (i: number): boolean => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)]
    return x > 0 && y > 0 && x < width - 1 && y < height - 1
  }
  // The outermost pixels stay, as torchvision and Pillow have it.
  return fromUnits(
    image,
    units.map((value, i) => {
      if (!inner(i)) return value
      const soft = smooth[i] as number
      return soft + factor * (value - soft)
    }),
  )
}
