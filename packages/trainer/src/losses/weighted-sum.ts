import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { told } from '../settings-problem.ts'
import { computeLoss, type HeadLoss, isLoss, type Loss } from './loss.ts'

/**
 * Several losses as one: the sum of each times its weight, which is at least 0. Throws `TRAIN_OPTION` for what is no loss or no such weight.
 *
 * @example
 * ```ts
 * const loss = weightedSum([[euclideanLoss, 1], [adaptiveWing({ sigma: 1.5 }), 0.1]])
 * ```
 */
export function weightedSum(losses: readonly (readonly [loss: Loss, weight: number])[]): HeadLoss {
  const isPart = (part: unknown): boolean =>
    Array.isArray(part) && part.length === 2 && isLoss(part[0]) && Number.isFinite(part[1]) && part[1] >= 0
  if (!Array.isArray(losses) || losses.length === 0 || !losses.every(isPart)) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'weightedSum cannot be made',
      received: told(Array.isArray(losses) ? (losses.find((part) => !isPart(part)) ?? 'none') : losses),
      expected: '[[loss, weight], …], at least one, each made by its function, with weights of at least 0',
    })
  }
  return {
    headLoss: (decoded, truth) =>
      tf.tidy(() =>
        tf.addN(losses.map(([loss, weight]) => computeLoss(loss, decoded, truth).mul(weight))),
      ) as tf.Scalar,
  }
}
