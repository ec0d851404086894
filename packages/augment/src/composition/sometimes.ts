import type { Json } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { augmentationSchema } from './check-transforms.ts'

export type SometimesParams = { readonly done: false } | { readonly done: true; readonly params: Json }

const optionsSchema = z.object({
  probability: z.number().check(z.minimum(0), z.maximum(1)),
  transform: augmentationSchema,
})

const schema = z.discriminatedUnion('done', [
  z.strictObject({ done: z.literal(false) }),
  z.strictObject({ done: z.literal(true), params: z.custom<Json>() }),
])

/**
 * Applies the augmentation with a probability; otherwise changes nothing.
 *
 * Parameters: whether it is applied, and its parameters.
 *
 * @param probability 0 to 1
 *
 * @throws `AUGMENT_OPTIONS` for an invalid probability or augmentation
 *
 * @example
 * ```ts
 * sometimes(0.5, horizontalFlip({ scheme: IMM_58 }))
 * ```
 */
export function sometimes(probability: number, transform: Augmentation): Augmentation<SometimesParams> {
  check('AUGMENT_OPTIONS', 'sometimes', optionsSchema, { probability, transform })
  return createAugmentation<SometimesParams>({
    name: 'sometimes',
    options: { probability, transform: transform.toJSON() },
    makeParams: (random, sample) =>
      random.chance(probability) ? { done: true, params: transform.makeParams(random, sample) } : { done: false },
    ops(input) {
      const params = check('AUGMENT_PARAMS', 'sometimes', schema, input)
      return params.done ? transform.ops(params.params) : []
    },
  })
}
