import type { Json, Random } from '@facekp/core'
import * as z from 'zod/mini'
import { updateMeta } from '../apply-ops.ts'
import type { AppliedOp, Augmentation, SampleMeta } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { checkTransforms } from './check-transforms.ts'

/**
 * Applies augmentations one after another.
 *
 * Neighboring geometric augmentations become one map: the image is sampled once, antialiased if it shrinks. Therefore, a rotation
 * right after a crop can show what the crop removed. If their `border` or `outOfFrame` differs, the image is sampled between them.
 *
 * Parameters: one entry per augmentation.
 *
 * @throws `AUGMENT_OPTIONS` unless `transforms` is an array of augmentations
 *
 * @example
 * ```ts
 * const pipeline = compose([sometimes(0.5, horizontalFlip({ scheme: IMM_58 })), affine({ degrees: 15 })])
 * ```
 */
export function compose(transforms: readonly Augmentation[]): Augmentation<readonly Json[]> {
  checkTransforms('compose', transforms, 0)
  const { length } = transforms
  // Not z.length: each check of zod is code that a page loads.
  const schema = z.array(z.custom<Json>()).check(z.refine((list) => list.length === length, `exactly ${length} items`))
  return createAugmentation({
    name: 'compose',
    options: { transforms: transforms.map((transform) => transform.toJSON()) },
    makeParams: (random, sample) => makeParamsInOrder(transforms, random, sample),
    ops(input) {
      const params = check('AUGMENT_PARAMS', 'compose', schema, input)
      return transforms.flatMap((transform, i) => transform.ops(params[i] as Json))
    },
  })
}

/** Draws the parameters of each augmentation for the output of those before it. */
export function makeParamsInOrder(transforms: readonly Augmentation[], random: Random, sample: SampleMeta): Json[] {
  let meta = sample
  return transforms.map((transform) => {
    const params = transform.makeParams(random, meta)
    meta = updateMetaByOps(meta, transform.ops(params))
    return params
  })
}

function updateMetaByOps(initial: SampleMeta, ops: readonly AppliedOp[]): SampleMeta {
  return ops.reduce((meta, { op }) => ('apply' in op ? meta : updateMeta(meta, op)), initial)
}
