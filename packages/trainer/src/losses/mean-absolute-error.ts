import * as tf from '@tensorflow/tfjs'
import { magnitude, type PointLoss, weightedMean } from './point-loss.ts'

/** Mean absolute error over all labelled coordinates, L1: mean of |prediction - target|. */
export const meanAbsoluteError: PointLoss = (prediction, { target, labelled }) =>
  tf.tidy(() => weightedMean(magnitude(prediction.sub(target)), labelled))
