import { FacekpError, formatValue } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import { computeLoss, type HeadLoss, isLoss, type Loss } from './loss.ts'

/**
 * Creates the weighted sum of losses.
 *
 * @param losses pairs of a loss, made by its function, and its weight (at least 0); one or more
 *
 * @throws `TRAIN_OPTION` for an invalid loss or weight
 *
 * @example
 * ```ts
 * import { adaptiveWingLoss, euclideanLoss, weightedSum } from '@facekp/trainer'
 *
 * export const loss = weightedSum([[euclideanLoss, 1], [adaptiveWingLoss({ sigma: 1.5 }), 0.1]])
 * ```
 */
export function weightedSum(losses: readonly (readonly [loss: Loss, weight: number])[]): HeadLoss {
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && isLoss(pair[0]) && Number.isFinite(pair[1]) && pair[1] >= 0
  if (!Array.isArray(losses) || losses.length === 0 || !losses.every(isPair)) {
    const invalid = Array.isArray(losses) ? (losses.find((pair) => !isPair(pair)) ?? losses) : losses
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'losses of weightedSum',
      received: formatValue(invalid),
      expected: '[[loss, weight], …]: one or more losses made by their functions, with weights of at least 0',
    })
  }
  return {
    headLoss: (decoded, targets) =>
      tf.tidy(() =>
        tf.addN(losses.map(([loss, weight]) => tf.mul(computeLoss(loss, decoded, targets), weight))),
      ) as tf.Scalar,
  }
}
