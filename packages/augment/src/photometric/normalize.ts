import type { Image } from '@facekp/core'
import { FacekpError } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { createPhotometricOp, toUnits } from './pixels.ts'

export interface NormalizeOptions {
  /** Of intensities from 0 black to 1 white: one number, or one a channel. Default 0.5. */
  readonly mean?: number | readonly number[]
  /** Likewise; default 1, so that values run from -0.5 to 0.5. */
  readonly std?: number | readonly number[]
}

export type NormalizeParams = Record<string, never>

const channelsOf = (number: z.ZodNumber): z.ZodUnion<[z.ZodNumber, z.ZodArray<z.ZodNumber>]> =>
  z.union([number, z.array(number).min(1).max(3)])

const definition: Definition<Required<NormalizeOptions>, NormalizeParams> = {
  name: 'normalize',
  options: z.strictObject({
    mean: channelsOf(z.number()).default(0.5),
    std: channelsOf(z.number().positive()).default(1),
  }),
  params: z.strictObject({}) as z.ZodType<NormalizeParams>,
  makeParams: () => ({}),
  createOp: (_, { mean, std }) => createPhotometricOp((image) => normalized(image, mean, std)),
}

/**
 * To real numbers: (intensity - mean) / std, as torchvision's `Normalize`. Comes last: what else changes colors takes real
 * numbers for -0.5 black to 0.5 white, which is what this gives unless told otherwise.
 *
 * Throws `AUGMENT_OPTIONS`, and `AUGMENT_CHANNELS` where a picture has another number of channels than mean or std.
 *
 * @example
 * ```ts
 * normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
 * ```
 */
export function normalize(options: NormalizeOptions = {}): Augmentation<NormalizeParams> {
  return define(definition, options)
}

function normalized(image: Image, mean: number | readonly number[], std: number | readonly number[]): Image {
  const { channels } = image
  const perChannel = (value: number | readonly number[]): readonly number[] => {
    if (typeof value === 'number') return Array.from({ length: channels }, () => value)
    if (value.length === channels) return value
    throw new FacekpError({
      code: 'AUGMENT_CHANNELS',
      problem: 'normalize has a mean or std for another number of channels',
      received: `a picture of ${channels}`,
      expected: String(value.length),
    })
  }
  const [means, stds] = [perChannel(mean), perChannel(std)]
  const data = toUnits(image).map(
    (unit, i) => (unit - (means[i % channels] as number)) / (stds[i % channels] as number),
  )
  return { ...image, data }
}
