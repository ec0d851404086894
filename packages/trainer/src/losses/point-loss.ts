import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tf from '@tensorflow/tfjs-core'

/** Targets that a loss compares predictions with. */
export interface KeypointTargets {
  /** [batch, 2 N]: x0 y0 x1 y1 … in relative coordinates; 0 if a point has no label. */
  readonly target: tf.Tensor2D
  /** [batch, 2 N]: weight of each coordinate: 0 if its point has no label, otherwise 1 or the weight of `pointWeights`. */
  readonly targetWeights: tf.Tensor2D
  /** Width / height of the images. */
  readonly aspectRatio: number
}

const KEYPOINT_TARGETS = objectKind({
  target: KINDS.tensor,
  targetWeights: KINDS.tensor,
  aspectRatio: KINDS.positive,
})

/** Checks the arguments of the loss `caller`. */
export function checkLossArguments(prediction: tf.Tensor2D, targets: KeypointTargets, caller: string): void {
  checkArgument(KINDS.tensor, prediction, 'prediction', caller)
  checkArgument(KEYPOINT_TARGETS, targets, 'targets', caller)
}

/** A loss of predictions, [batch, 2 N] in relative coordinates. Points without a label must have no influence. */
export type PointLoss = (prediction: tf.Tensor2D, targets: KeypointTargets) => tf.Scalar

/** Computes the sum of values times weights / sum of weights; 0 if all weights are 0. */
export function weightedMean(values: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.mul(values, weights)), tf.maximum(tf.sum(weights), 1e-6)) as tf.Scalar
}

/** Returns the weight of each point, [batch, N]. */
export function weightsByPoint({ targetWeights }: Pick<KeypointTargets, 'targetWeights'>): tf.Tensor2D {
  return tf.tidy(() => tf.mean(tf.reshape(targetWeights, [targetWeights.shape[0], targetWeights.shape[1] / 2, 2]), 2))
}

/** Computes prediction - target of each point, [batch, N, 2], in pixels of an image of `height` pixels. */
export function pointOffsets(
  prediction: tf.Tensor2D,
  { target, aspectRatio }: KeypointTargets,
  height = 1,
): tf.Tensor3D {
  return tf.mul(
    tf.reshape(tf.sub(prediction, target), [prediction.shape[0], prediction.shape[1] / 2, 2]),
    tf.tensor1d([aspectRatio * height, height]),
  )
}

/** Computes the absolute value with gradient 0 at 0; the gradient of `tf.abs` there is -1. */
export function magnitude<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sign(x)) as T
}

/**
 * Returns `near` if x is at most `limit`, else `far`; both must be finite everywhere. (`tf.where` would need the gradient of a
 * comparison, which TensorFlow.js lacks.)
 */
export function piecewise<T extends tf.Tensor>(x: T, limit: number, near: tf.Tensor, far: tf.Tensor): T {
  const beyond = tf.step(tf.sub(x, limit))
  return tf.add(tf.mul(near, tf.sub(1, beyond)), tf.mul(far, beyond)) as T
}

/**
 * Creates a loss of single coordinates: the weighted mean of a function of their distances.
 *
 * @param height height in pixels of the image that distances are scaled to
 * @param computeLosses losses of distances in pixels, [batch, N, 2], each at least 0
 */
export function coordinateLoss(height: number, computeLosses: (distances: tf.Tensor3D) => tf.Tensor): PointLoss {
  return (prediction, targets) =>
    tf.tidy(() => {
      const losses = computeLosses(magnitude(pointOffsets(prediction, targets, height)))
      return weightedMean(losses, tf.reshape(targets.targetWeights, losses.shape))
    })
}
