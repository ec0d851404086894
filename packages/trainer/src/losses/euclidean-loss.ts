import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import type { LossDefinition } from './loss-definition.ts'
import { checkLossArguments, type PointLoss, pointOffsets, weightedMean, weightsByPoint } from './point-loss.ts'

/**
 * Computes the mean distance between predicted and true point, in units of the image's height.
 *
 * The mean of sqrt((aspectRatio dx)² + dy² + 1e-8) over all labeled points. Unlike the squared error it does not give a face with
 * twice the error four times the weight, and it is the metric that errors are reported in.
 */
export const euclideanLoss: PointLoss = (prediction, targets) => {
  checkLossArguments(prediction, targets, 'euclideanLoss')
  return tf.tidy(() => {
    const offsets = pointOffsets(prediction, targets)
    const distances = tf.sqrt(tf.add(tf.sum(tf.square(offsets), 2), 1e-8))
    return weightedMean(distances, weightsByPoint(targets))
  })
}

export const euclideanDefinition: LossDefinition<{ readonly kind: 'euclidean' }> = {
  kind: 'euclidean',
  schema: z.strictObject({ kind: z.literal('euclidean') }),
  create: () => euclideanLoss,
}
