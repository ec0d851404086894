import { flipIndices, horizontalReflection, type KeypointScheme } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { sizeSchema } from '../schemas.ts'

export interface HorizontalFlipOptions {
  /** Scheme of the keypoints; the keypoints of each flip pair are swapped. */
  readonly scheme: Pick<KeypointScheme, 'name' | 'pointNames' | 'flipPairs'>
}

export type HorizontalFlipParams = { readonly width: number; readonly height: number }

const index = z.int().check(z.nonnegative())

const schemeSchema = z
  .object({
    name: z.string(),
    pointNames: z.array(z.string()),
    flipPairs: z.array(z.tuple([index, index])),
  })
  .check(
    z.refine(
      ({ pointNames, flipPairs }) => flipPairs.flat().every((index) => index < pointNames.length),
      'flip pairs of existing keypoints',
    ),
    z.refine(
      ({ flipPairs }) => new Set(flipPairs.flat()).size === 2 * flipPairs.length,
      'flip pairs of distinct keypoints',
    ),
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
 * Flips left and right, and swaps the keypoints of each flip pair, so that the left eye stays the person's left eye.
 *
 * @throws `AUGMENT_OPTIONS` for an invalid scheme; `apply` throws `KEYPOINT_COUNT` for a sample of another scheme
 *
 * @example
 * ```ts
 * sometimes(0.5, horizontalFlip({ scheme: IMM_58 }))
 * ```
 */
export function horizontalFlip(options: HorizontalFlipOptions): Augmentation<HorizontalFlipParams> {
  return define(definition, options)
}
