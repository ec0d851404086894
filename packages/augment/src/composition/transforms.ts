import { FacekpError } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'

/** An augmentation, told from what it can do. */
export const augmentationSchema: z.ZodType<Augmentation> = z.custom<Augmentation>((input) => {
  const { makeParams, ops, toJSON } = (input ?? {}) as Partial<Augmentation>
  return [makeParams, ops, toJSON].every((method) => typeof method === 'function')
}, 'not an augmentation, such as affine({ degrees: 15 })')

/** Throws `AUGMENT_OPTIONS` where the list is none of augmentations, or has fewer of them. */
export function checkTransforms(name: string, transforms: readonly Augmentation[], atLeast = 1): void {
  const { error } = z.array(augmentationSchema).min(atLeast).safeParse(transforms)
  if (!error) return
  throw new FacekpError({
    code: 'AUGMENT_OPTIONS',
    problem: `${name} needs a list of augmentations`,
    received: Array.isArray(transforms) ? `a list of ${transforms.length}` : String(transforms),
    expected: z.prettifyError(error),
    cause: error,
  })
}
