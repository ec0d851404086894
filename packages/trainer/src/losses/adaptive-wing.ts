import * as tf from '@tensorflow/tfjs'
import { magnitude, piecewise, weightedMean } from './point-loss.ts'

/** A scalar from maps and the maps that they should be, each [batch, height, width, N], and what each point counts, [batch, N]. */
export type MapLoss = (maps: tf.Tensor4D, targets: tf.Tensor4D, weights: tf.Tensor2D) => tf.Scalar

const [OMEGA, THETA, EPSILON, ALPHA] = [14, 0.5, 1, 2.1]
/** Cells of the target from here on, and their neighbours, are foreground. */
const FOREGROUND = 0.2

/**
 * Adaptive Wing, for heatmaps of 0..1: steep for small errors where the target y is high, gentle where it is low. With x the
 * distance of a cell's value from its target, the weighted mean over the cells of
 *
 *     omega ln(1 + (x / epsilon)^(alpha - y))  where x < theta,   else  a x - c
 *
 * with a and c so that both meet smoothly at theta; omega = 14, theta = 0.5, epsilon = 1, alpha = 2.1. Cells at and beside those
 * where y is at least 0.2 count 1 + `foreground` times.
 *
 * @param options.foreground at least 0, default 10
 *
 * Source: Wang et al. 2019, arXiv:1904.07399.
 */
export function adaptiveWing({ foreground = 10 }: { readonly foreground?: number } = {}): MapLoss {
  return (maps, targets, weights) =>
    tf.tidy(() => {
      const x = magnitude(maps.sub(targets))
      const power = tf.sub(ALPHA, targets)
      // (theta / epsilon)^power, as an exponential: its base is a constant.
      const atTheta = power.mul(Math.log(THETA / EPSILON)).exp()
      const slope = power
        .mul(atTheta)
        .div(atTheta.add(1))
        .mul(OMEGA / THETA)
      const shift = slope.mul(THETA).sub(atTheta.log1p().mul(OMEGA))
      const near = tf.minimum(x, THETA).div(EPSILON).pow(power).log1p().mul(OMEGA)
      const losses = piecewise(x, THETA, near, slope.mul(x).sub(shift))
      const isForeground = tf.maxPool(targets, 3, 1, 'same').greaterEqual(FOREGROUND)
      const counts = isForeground.cast('float32').mul(foreground).add(1)
      // [batch, height, width, N] -> [batch, N]
      return weightedMean(losses.mul(counts).mean([1, 2]), weights)
    })
}
