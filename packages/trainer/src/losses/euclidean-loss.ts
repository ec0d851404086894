import * as tf from '@tensorflow/tfjs'
import { offsetsOf, type PointLoss, weightedMean, weightsByPoint } from './point-loss.ts'

/**
 * Mean distance between predicted and true point, in units of the picture's height: mean of
 * sqrt((aspect dx)² + dy² + 1e-8) over all labeled points. Unlike squared error it does not weigh a face twice as far
 * off four times as much, and it is what errors are told in.
 */
export const euclideanLoss: PointLoss = (prediction, truth) =>
  tf.tidy(() => {
    const offsets = offsetsOf(prediction, truth)
    const distances = offsets.square().sum(2).add(1e-8).sqrt()
    return weightedMean(distances, weightsByPoint(truth))
  })
