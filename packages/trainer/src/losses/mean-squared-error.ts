import * as tf from '@tensorflow/tfjs'
import { type PointLoss, weightedMean } from './point-loss.ts'

/** Mean squared error over all labelled coordinates: mean of (prediction - target)². */
export const meanSquaredError: PointLoss = (prediction, { target, labelled }) =>
  tf.tidy(() => weightedMean(prediction.sub(target).square(), labelled))
