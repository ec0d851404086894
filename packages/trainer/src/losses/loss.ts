import { FacekpError } from '@facekp/core'
import type { Decoded } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'
import type { KeypointTargets, PointLoss } from './point-loss.ts'

/** A scalar from what stands behind the points: maps or distributions. Points without a label must not count. */
export interface HeadLoss {
  readonly headLoss: (decoded: Decoded, truth: KeypointTargets) => tf.Scalar
}

/** What a training makes small: a loss of points, which any network has, or one of what its head decodes. */
export type Loss = PointLoss | HeadLoss

/** Whether it is one made by its function, or one of a user's own. */
export function isLoss(value: unknown): value is Loss {
  return typeof value === 'function' || typeof (value as Partial<HeadLoss> | null)?.headLoss === 'function'
}

export function computeLoss(loss: Loss, decoded: Decoded, truth: KeypointTargets): tf.Scalar {
  return typeof loss === 'function' ? loss(decoded.points, truth) : loss.headLoss(decoded, truth)
}

/** The part of what a head decodes that a loss is of. Throws `LOSS_HEAD` where the head does not give it. */
export function requireHeadOutput<Part extends 'heatmaps' | 'simcc'>(
  decoded: Decoded,
  part: Part,
): NonNullable<Decoded[Part]> {
  const needed = decoded[part]
  if (needed) return needed
  throw new FacekpError({
    code: 'LOSS_HEAD',
    problem: `the loss is of ${part}, and the head gives none`,
    received: Object.keys(decoded).join(', '),
    expected: `option head: getHead(model), of a model with head ${part === 'heatmaps' ? 'heatmaps' : 'simcc'}`,
  })
}
