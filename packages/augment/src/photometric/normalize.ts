import type { Image } from '@facekp/core'
import { FacekpError } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { createPhotometricOp, toUnits } from './pixels.ts'

export interface NormalizeOptions {
  /** Mean of intensities from 0 black to 1 white: one number, or one per channel. Default 0.5. */
  readonly mean?: number | readonly number[]
  /** Standard deviation of intensities, alike; default 1: values from -0.5 to 0.5. */
  readonly std?: number | readonly number[]
}

export type NormalizeParams = Record<string, never>

const perChannelSchema = (
  number: z.ZodMiniNumber,
): z.ZodMiniUnion<[z.ZodMiniNumber, z.ZodMiniArray<z.ZodMiniNumber>]> =>
  z.union([number, z.array(number).check(z.minLength(1), z.maxLength(3))])

const definition: Definition<Required<NormalizeOptions>, NormalizeParams> = {
  name: 'normalize',
  options: z.strictObject({
    mean: z._default(perChannelSchema(z.number()), 0.5),
    std: z._default(perChannelSchema(z.number().check(z.positive())), 1),
  }),
  params: z.strictObject({}) as z.ZodMiniType<NormalizeParams>,
  makeParams: () => ({}),
  createOp: (_, { mean, std }) => createPhotometricOp((image) => normalizeImage(image, mean, std)),
}

/**
 * Converts to real numbers: (intensity - mean) / std, like torchvision's `Normalize`.
 *
 * Put it last: other photometric augmentations expect real numbers from -0.5 black to 0.5 white, which are also the default
 * output of this one.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options; `apply` throws `AUGMENT_CHANNELS` if mean or std are for another number of channels
 *
 * @example
 * ```ts
 * normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
 * ```
 */
export function normalize(options: NormalizeOptions = {}): Augmentation<NormalizeParams> {
  return define(definition, options)
}

function normalizeImage(image: Image, mean: number | readonly number[], std: number | readonly number[]): Image {
  const { channels } = image
  const expandToChannels = (value: number | readonly number[]): readonly number[] => {
    if (typeof value === 'number') return Array.from({ length: channels }, () => value)
    if (value.length === channels) return value
    throw new FacekpError({
      code: 'AUGMENT_CHANNELS',
      problem: 'normalize: wrong number of channels for mean or std',
      received: `an image of ${channels}`,
      expected: `an image of ${value.length}, or one value for all channels`,
    })
  }
  const means = expandToChannels(mean)
  const stds = expandToChannels(std)
  const data = toUnits(image).map(
    (unit, i) => (unit - (means[i % channels] as number)) / (stds[i % channels] as number),
  )
  return { ...image, data }
}
