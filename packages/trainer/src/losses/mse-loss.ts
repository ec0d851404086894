import * as tf from '@tensorflow/tfjs'
import { type PointLoss, weightedMean } from './point-loss.ts'

/** Mean squared error over all labeled coordinates: mean of (prediction - target)². */
export const mseLoss: PointLoss = (prediction, { target, targetWeights }) =>
  tf.tidy(() => weightedMean(prediction.sub(target).square(), targetWeights))
