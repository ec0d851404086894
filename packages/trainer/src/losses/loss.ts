import { FacekpError } from '@facekp/core'
import type { Decoded } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type { KeypointTargets, PointLoss } from './point-loss.ts'

/** A loss of the outputs from which points are decoded: heatmaps or distributions. It must ignore points without a label. */
export interface HeadLoss {
  readonly headLoss: (decoded: Decoded, targets: KeypointTargets) => tf.Scalar
}

/** A loss of points, for any network, or a loss of the outputs that a head decodes. */
export type Loss = PointLoss | HeadLoss

/** Tests whether a value is a loss: a function, or an object with `headLoss`. */
export function isLoss(value: unknown): value is Loss {
  return typeof value === 'function' || typeof (value as Partial<HeadLoss> | null)?.headLoss === 'function'
}

/** Computes the loss of what a head decoded. */
export function computeLoss(loss: Loss, decoded: Decoded, targets: KeypointTargets): tf.Scalar {
  return typeof loss === 'function' ? loss(decoded.points, targets) : loss.headLoss(decoded, targets)
}

/** Returns the heatmaps or distributions that a loss needs. Throws `LOSS_HEAD` if the head has none. */
export function requireHeadOutput<Output extends 'heatmaps' | 'simcc'>(
  decoded: Decoded,
  output: Output,
): NonNullable<Decoded[Output]> {
  const value = decoded[output]
  if (value) return value
  throw new FacekpError({
    code: 'LOSS_HEAD',
    problem: `the loss needs a head that outputs ${output}`,
    received: Object.keys(decoded).join(', '),
    expected: `option head: getHead(model), of a model with head ${output}`,
  })
}
