import { flipIndices, horizontalReflection, type KeypointScheme } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { sizeSchema } from '../schemas.ts'

export interface HorizontalFlipOptions {
  /** What the points are: those of a mirror pair change places. */
  readonly scheme: Pick<KeypointScheme, 'name' | 'pointNames' | 'flipPairs'>
}

export type HorizontalFlipParams = { readonly width: number; readonly height: number }

const index = z.number().int().nonnegative()

const schemeSchema = z
  .object({
    name: z.string(),
    pointNames: z.array(z.string()),
    flipPairs: z.array(z.tuple([index, index])),
  })
  .refine(
    ({ pointNames, flipPairs }) => flipPairs.flat().every((index) => index < pointNames.length),
    'a mirror pair names a point that is not there',
  )
  .refine(
    ({ flipPairs }) => new Set(flipPairs.flat()).size === 2 * flipPairs.length,
    'a point stands twice in the mirror pairs',
  )

const definition: Definition<HorizontalFlipOptions, HorizontalFlipParams> = {
  name: 'horizontalFlip',
  options: z.strictObject({ scheme: schemeSchema }),
  params: z.strictObject(sizeSchema),
  makeParams: (_, { image: { width, height } }) => ({ width, height }),
  createOp: (size, { scheme }) => ({
    from: size,
    to: size,
    map: horizontalReflection(size.width),
    order: flipIndices({ ...scheme, parts: [] }),
  }),
}

/**
 * Mirrors left and right, and swaps the points of each mirror pair, so that the left eye is the person's left eye still.
 * `sometimes(0.5, mirror({ scheme }))` does it by half. Throws `AUGMENT_OPTIONS`, and `KEYPOINT_COUNT` where a sample is not of
 * the scheme.
 */
export function horizontalFlip(options: HorizontalFlipOptions): Augmentation<HorizontalFlipParams> {
  return define(definition, options)
}
