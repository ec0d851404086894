import * as tf from '@tensorflow/tfjs'

/** What a loss compares a prediction with. */
export interface KeypointTargets {
  /** [batch, 2 N]: x0 y0 x1 y1 … in relative coordinates; 0 where a point has no label. */
  readonly target: tf.Tensor2D
  /** [batch, 2 N]: what each coordinate counts: 0 where its point has no label, else 1 or what `pointWeights` say. */
  readonly targetWeights: tf.Tensor2D
  /** Width / height of the pictures. */
  readonly aspectRatio: number
}

/** A scalar from predictions, [batch, 2 N] in relative coordinates. Points without a label must not count. */
export type PointLoss = (prediction: tf.Tensor2D, truth: KeypointTargets) => tf.Scalar

/** sum of values times weights / sum of weights; 0 where all weights are 0. */
export function weightedMean(values: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  return values.mul(weights).sum().div(weights.sum().maximum(1e-6)) as tf.Scalar
}

/** [batch, N]: what each point counts. */
export function weightsByPoint({ targetWeights }: Pick<KeypointTargets, 'targetWeights'>): tf.Tensor2D {
  return tf.tidy(() => targetWeights.reshape([targetWeights.shape[0], targetWeights.shape[1] / 2, 2]).mean(2))
}

/** [batch, N, 2]: how far each point is off along x and y, in units of the picture's height times `height`. */
export function offsetsOf(prediction: tf.Tensor2D, { target, aspectRatio }: KeypointTargets, height = 1): tf.Tensor3D {
  return prediction
    .sub(target)
    .reshape([prediction.shape[0], prediction.shape[1] / 2, 2])
    .mul(tf.tensor1d([aspectRatio * height, height]))
}

/** The same as `tf.abs`, whose gradient at 0 is -1; here it is 0. */
export function magnitude<T extends tf.Tensor>(x: T): T {
  return x.mul(x.sign()) as T
}

/**
 * `near` where x is at most `limit`, else `far`; both finite everywhere. (`tf.where` would ask a comparison for its gradient, and
 * TensorFlow.js has none.)
 */
export function piecewise<T extends tf.Tensor>(x: T, limit: number, near: tf.Tensor, far: tf.Tensor): T {
  const beyond = x.sub(limit).step()
  return near.mul(tf.sub(1, beyond)).add(far.mul(beyond)) as T
}

/**
 * A loss of the single coordinates' distances: the weighted mean of `lossOf` over them, in pixels of a picture `height` high,
 * whose widths are in the picture's proportion.
 *
 * @param lossOf from distances, [batch, N, 2], each at least 0
 */
export function coordinateLoss(height: number, lossOf: (distances: tf.Tensor3D) => tf.Tensor): PointLoss {
  return (prediction, truth) =>
    tf.tidy(() => {
      const losses = lossOf(magnitude(offsetsOf(prediction, truth, height)))
      return weightedMean(losses, truth.targetWeights.reshape(losses.shape))
    })
}
