import * as tf from '@tensorflow/tfjs'
import { type HeadLoss, type Loss, lossValue } from './loss.ts'

/**
 * Several losses as one: the sum of each times its weight.
 *
 * @example
 * ```ts
 * const loss = weightedSum([[meanDistance, 1], [adaptiveWing({ sigma: 1.5 }), 0.1]])
 * ```
 */
export function weightedSum(losses: readonly (readonly [loss: Loss, weight: number])[]): HeadLoss {
  return {
    ofHead: (decoded, truth) =>
      tf.tidy(() => tf.addN(losses.map(([loss, weight]) => lossValue(loss, decoded, truth).mul(weight)))) as tf.Scalar,
  }
}
