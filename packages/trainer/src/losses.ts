import * as tf from '@tensorflow/tfjs'

/** What a loss compares a prediction with. */
export interface PointTruth {
  /** [batch, 2 N]: x0 y0 x1 y1 … in relative coordinates; 0 where a point has no label. */
  readonly target: tf.Tensor2D
  /** [batch, 2 N]: 1 for each coordinate of a labelled point, else 0. */
  readonly labelled: tf.Tensor2D
  /** Width / height of the pictures. */
  readonly aspect: number
}

/** A scalar from predictions, [batch, 2 N] in relative coordinates. Points without a label must not count. */
export type PointLoss = (prediction: tf.Tensor2D, truth: PointTruth) => tf.Scalar

/** Mean squared error over all labelled coordinates: mean of (prediction - target)². */
export const meanSquaredError: PointLoss = (prediction, { target, labelled }) =>
  tf.tidy(() => {
    const squares = prediction.sub(target).square().mul(labelled)
    return squares.sum().div(labelled.sum().maximum(1)) as tf.Scalar
  })

/**
 * Mean distance between predicted and true point, in units of the picture's height: mean of
 * sqrt((aspect dx)² + dy² + 1e-8) over all labelled points. Unlike squared error it does not weigh a face twice as far
 * off four times as much, and it is what errors are told in.
 */
export const meanDistance: PointLoss = (prediction, { target, labelled, aspect }) =>
  tf.tidy(() => {
    const points = [prediction.shape[0], prediction.shape[1] / 2, 2]
    const offsets = prediction
      .sub(target)
      .reshape(points)
      .mul(tf.tensor1d([aspect, 1]))
    const inUse = labelled.reshape(points).mean(2)
    const distances = offsets.square().sum(2).add(1e-8).sqrt().mul(inUse)
    return distances.sum().div(inUse.sum().maximum(1)) as tf.Scalar
  })
