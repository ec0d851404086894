import type { Json } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { augmentationSchema } from './transforms.ts'

export type SometimesParams = { readonly done: false } | { readonly done: true; readonly params: Json }

const optionsSchema = z.object({ probability: z.number().min(0).max(1), transform: augmentationSchema })

const schema = z.discriminatedUnion('done', [
  z.strictObject({ done: z.literal(false) }),
  z.strictObject({ done: z.literal(true), params: z.custom<Json>() }),
])

/**
 * The augmentation with this probability, else nothing. Throws `AUGMENT_OPTIONS` where it is none from 0 to 1, and for what is no
 * augmentation.
 *
 * Parameters: whether, and if so its own.
 *
 * @example
 * ```ts
 * sometimes(0.5, mirror({ scheme: IMM_58 }))
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
