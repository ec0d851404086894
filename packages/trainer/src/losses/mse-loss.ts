import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import type { LossDefinition } from './loss-definition.ts'
import { checkLossArguments, type PointLoss, weightedMean } from './point-loss.ts'

/** Computes the mean squared error over all labeled coordinates: mean of (prediction - target)². */
export const mseLoss: PointLoss = (prediction, targets) => {
  checkLossArguments(prediction, targets, 'mseLoss')
  const { target, targetWeights } = targets
  return tf.tidy(() => weightedMean(tf.square(tf.sub(prediction, target)), targetWeights))
}

export const mseDefinition: LossDefinition<{ readonly kind: 'mse' }> = {
  kind: 'mse',
  schema: z.strictObject({ kind: z.literal('mse') }),
  create: () => mseLoss,
}
