import type { Json, Random } from '@facekp/core'
import { z } from 'zod'
import { updateMeta } from '../apply-ops.ts'
import type { AppliedOp, Augmentation, SampleMeta } from '../augmentation.ts'
import { createAugmentation } from '../define.ts'
import { check } from '../schemas.ts'
import { checkTransforms } from './transforms.ts'

/**
 * One augmentation after another. Neighboring moves (affine, mirror, crops, resize, pad, perspective, elastic, piecewise affine)
 * become one map and the picture is sampled once, antialiased where it shrinks; so what a crop cut off may come back in by a
 * turn right after it. Where two of them take different things to lie beyond the picture, it is sampled between them.
 *
 * Throws `AUGMENT_OPTIONS` for what is no augmentation.
 *
 * Parameters: one entry an augmentation.
 *
 * @example
 * ```ts
 * const pipeline = compose([sometimes(0.5, mirror({ scheme: IMM_58 })), affine({ degrees: 15 }), brightness({ factor: 0.2 })])
 * ```
 */
export function compose(transforms: readonly Augmentation[]): Augmentation<readonly Json[]> {
  checkTransforms('compose', transforms, 0)
  const schema = z.array(z.custom<Json>()).length(transforms.length)
  return createAugmentation({
    name: 'compose',
    options: { transforms: transforms.map((transform) => transform.toJSON()) },
    makeParams: (random, sample) => drawInTurn(transforms, random, sample),
    ops(input) {
      const params = check('AUGMENT_PARAMS', 'compose', schema, input)
      return transforms.flatMap((transform, i) => transform.ops(params[i] as Json))
    },
  })
}

/** Draws for each, what the ones before it moved taken into account. */
export function drawInTurn(transforms: readonly Augmentation[], random: Random, sample: SampleMeta): Json[] {
  let frame = sample
  return transforms.map((transform) => {
    const params = transform.makeParams(random, frame)
    frame = frameAfter(frame, transform.ops(params))
    return params
  })
}

function frameAfter(frame: SampleMeta, changes: readonly AppliedOp[]): SampleMeta {
  return changes.reduce((now, { op }) => ('paint' in op ? now : updateMeta(now, op)), frame)
}
