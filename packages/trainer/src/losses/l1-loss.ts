import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import type { LossDefinition } from './loss-definition.ts'
import { checkLossArguments, magnitude, type PointLoss, weightedMean } from './point-loss.ts'

/** Computes the mean absolute error over all labeled coordinates: mean of |prediction - target|. */
export const l1Loss: PointLoss = (prediction, targets) => {
  checkLossArguments(prediction, targets, 'l1Loss')
  const { target, targetWeights } = targets
  return tf.tidy(() => weightedMean(magnitude(tf.sub(prediction, target)), targetWeights))
}

export const l1Definition: LossDefinition<{ readonly kind: 'l1' }> = {
  kind: 'l1',
  schema: z.strictObject({ kind: z.literal('l1') }),
  create: () => l1Loss,
}
