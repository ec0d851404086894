import { FacekpError, type Json, shuffleIndices } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { checkTransforms } from './check-transforms.ts'
import { makeParamsInOrder } from './compose.ts'

export type SomeOfParams = { readonly chosen: readonly number[]; readonly params: readonly Json[] }

/**
 * Applies a random subset of the augmentations, in their order.
 *
 * Parameters: the indices and the parameters of each.
 *
 * @param count size of the subset, or [from, to]
 *
 * @throws `AUGMENT_OPTIONS` if `count` exceeds the number of augmentations
 *
 * @example
 * ```ts
 * someOf([0, 2], [noise({ sigma: 0.05 }), jpeg({ quality: [30, 90] }), blur({ sigma: 2 })])
 * ```
 */
export function someOf(
  count: number | readonly [from: number, to: number],
  transforms: readonly Augmentation[],
): Augmentation<SomeOfParams> {
  checkTransforms('someOf', transforms)
  const [from, to] = Array.isArray(count) ? count : [count, count]
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= transforms.length)) {
    throw new FacekpError({
      code: 'AUGMENT_OPTIONS',
      problem: 'invalid option count of someOf',
      received: JSON.stringify(count),
      expected: `an integer from 0 to ${transforms.length}, or two in ascending order`,
    })
  }
  const index = z.int().check(z.minimum(0), z.maximum(transforms.length - 1))
  const schema = z
    .strictObject({ chosen: z.array(index), params: z.array(z.custom<Json>()) })
    .check(z.refine(({ chosen, params }) => chosen.length === params.length, 'as many params as chosen'))
  return createAugmentation({
    name: 'someOf',
    options: { count: [from, to], transforms: transforms.map((transform) => transform.toJSON()) },
    makeParams(random, sample) {
      const chosen = shuffleIndices(transforms.length, random)
        .slice(0, random.integer(from, to))
        .sort((a, b) => a - b)
      const selected = chosen.map((i) => transforms[i] as Augmentation)
      return { chosen, params: makeParamsInOrder(selected, random, sample) }
    },
    ops(input) {
      const { chosen, params } = check('AUGMENT_PARAMS', 'someOf', schema, input)
      return chosen.flatMap((index, i) => (transforms[index] as Augmentation).ops(params[i] as Json))
    },
  })
}
