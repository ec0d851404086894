import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { check } from '../schemas.ts'

/** Accepts an object with the methods of an augmentation. */
export const augmentationSchema: z.ZodMiniType<Augmentation> = z.custom<Augmentation>((input) => {
  const { makeParams, ops, toJSON } = (input ?? {}) as Partial<Augmentation>
  return [makeParams, ops, toJSON].every((method) => typeof method === 'function')
}, 'an augmentation, such as affine({ degrees: 15 })')

/** Throws `AUGMENT_OPTIONS` unless `transforms` is an array of at least `atLeast` augmentations. */
export function checkTransforms(name: string, transforms: readonly Augmentation[], atLeast = 1): void {
  const list = z
    .array(augmentationSchema)
    .check(z.refine(({ length }) => length >= atLeast, `at least ${atLeast} item`))
  const schema = z.object({ transforms: list })
  check('AUGMENT_OPTIONS', name, schema, { transforms })
}
