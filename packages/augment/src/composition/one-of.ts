import type { Json } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { checkTransforms } from './check-transforms.ts'

export type OneOfParams = { readonly chosen: number; readonly params: Json }

/**
 * Applies one of the augmentations, each with equal probability.
 *
 * Parameters: its index and its parameters.
 *
 * @throws `AUGMENT_OPTIONS` for an empty list
 *
 * @example
 * ```ts
 * oneOf([blur({ sigma: [0.5, 2] }), motionBlur({ length: [3, 9] })])
 * ```
 */
export function oneOf(transforms: readonly Augmentation[]): Augmentation<OneOfParams> {
  checkTransforms('oneOf', transforms)
  const chosen = z.int().check(z.minimum(0), z.maximum(transforms.length - 1))
  const schema = z.strictObject({ chosen, params: z.custom<Json>() })
  return createAugmentation({
    name: 'oneOf',
    options: { transforms: transforms.map((transform) => transform.toJSON()) },
    makeParams(random, sample) {
      const chosen = random.integer(0, transforms.length - 1)
      return { chosen, params: (transforms[chosen] as Augmentation).makeParams(random, sample) }
    },
    ops(input) {
      const { chosen, params } = check('AUGMENT_PARAMS', 'oneOf', schema, input)
      return (transforms[chosen] as Augmentation).ops(params)
    },
  })
}
