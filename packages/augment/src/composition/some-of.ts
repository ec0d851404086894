import { FacekpError, type Json, shuffleIndices } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { drawInTurn } from './compose.ts'
import { checkTransforms } from './transforms.ts'

export type SomeOfParams = { readonly chosen: readonly number[]; readonly params: readonly Json[] }

/**
 * Some of the augmentations, none twice, in the order in which they stand. Throws `AUGMENT_OPTIONS` where there are fewer than
 * asked for.
 *
 * Parameters: which, from 0, and those of each.
 *
 * @param count how many, or from how many to how many
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
      problem: 'someOf cannot choose so many',
      received: JSON.stringify(count),
      expected: `whole numbers from 0 to ${transforms.length}, the first not above the second`,
    })
  }
  const index = z
    .number()
    .int()
    .min(0)
    .max(transforms.length - 1)
  const schema = z
    .strictObject({ chosen: z.array(index), params: z.array(z.custom<Json>()) })
    .refine(({ chosen, params }) => chosen.length === params.length, 'chosen and params differ in number')
  return createAugmentation({
    name: 'someOf',
    options: { count: [from, to], transforms: transforms.map((transform) => transform.toJSON()) },
    makeParams(random, sample) {
      const chosen = shuffleIndices(transforms.length, random)
        .slice(0, random.integer(from, to))
        .sort((a, b) => a - b)
      const taken = chosen.map((i) => transforms[i] as Augmentation)
      return { chosen, params: drawInTurn(taken, random, sample) }
    },
    ops(input) {
      const { chosen, params } = check('AUGMENT_PARAMS', 'someOf', schema, input)
      return chosen.flatMap((which, i) => (transforms[which] as Augmentation).ops(params[i] as Json))
    },
  })
}
