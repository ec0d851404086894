import * as tf from '@tensorflow/tfjs'
import { magnitude, type PointLoss, weightedMean } from './point-loss.ts'

/** Mean absolute error over all labeled coordinates, L1: mean of |prediction - target|. */
export const l1Loss: PointLoss = (prediction, { target, targetWeights }) =>
  tf.tidy(() => weightedMean(magnitude(prediction.sub(target)), targetWeights))
