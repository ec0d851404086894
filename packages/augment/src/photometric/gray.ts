import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { createPhotometricOp, fromUnits, luminances, toUnits } from './pixels.ts'

export interface GrayOptions {
  /** Channels of the output; default those of the image, so that the images of a batch stay alike. */
  readonly channels?: 1 | 3
}

export type GrayParams = Record<string, never>

const definition: Definition<GrayOptions, GrayParams> = {
  name: 'gray',
  options: z.strictObject({ channels: z.exactOptional(z.union([z.literal(1), z.literal(3)])) }),
  params: z.strictObject({}) as z.ZodMiniType<GrayParams>,
  makeParams: () => ({}),
  createOp: (_, { channels }) => createPhotometricOp((image) => convertToGray(image, channels ?? image.channels)),
}

/**
 * Converts to gray by Rec. 601: 0.299 R + 0.587 G + 0.114 B.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * sometimes(0.2, gray())
 * ```
 */
export function gray(options: GrayOptions = {}): Augmentation<GrayParams> {
  return define(definition, options)
}

function convertToGray(image: Image, channels: 1 | 3): Image {
  if (image.channels === 1 && channels === 1) return image
  const values = luminances(toUnits(image), image.channels)
  const units =
    channels === 1 ? values : new Float32Array(3 * values.length).map((_, i) => values[Math.floor(i / 3)] as number)
  return fromUnits({ ...image, channels }, units)
}
