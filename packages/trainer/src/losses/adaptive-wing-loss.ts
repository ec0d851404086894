import * as tf from '@tensorflow/tfjs'
import { targetMaps, withinFrame } from './gaussian-heatmaps.ts'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import { checkedLossOptions } from './loss-schema.ts'
import { magnitude, piecewise, weightedMean, weightsByPoint } from './point-loss.ts'

const [OMEGA, THETA, EPSILON, ALPHA] = [14, 0.5, 1, 2.1]
/** Cells of the target from here on, and their neighbors, are foreground. */
const FOREGROUND = 0.2

/**
 * Adaptive Wing, for heads of maps: steep for small errors where the target y is high, gentle where it is low. With x the distance of a
 * cell's value from its target, the weighted mean over the cells of
 *
 *     omega ln(1 + (x / epsilon)^(alpha - y))  where x < theta,   else  a x - c
 *
 * with a and c so that both meet smoothly at theta; omega = 14, theta = 0.5, epsilon = 1, alpha = 2.1. Cells at and beside those
 * where y is at least 0.2 count 1 + `foreground` times.
 *
 * The target is a Gaussian of peak 1 about the true point; a point outside the frame has none and adds nothing. The paper's network
 * gives such maps itself. Here maps are distributions, whose means are the points, so they are taken 2 pi sigma² times: a Gaussian
 * of that sigma then has peak 1.
 *
 * @param options.sigma of the Gaussian, in cells of the map; at least 1, or its samples do not sum to what they should
 * @param options.foreground at least 0, default 10
 *
 * @example
 * ```ts
 * await train({ ...settings, head: getHead(model), loss: adaptiveWing({ sigma: 1.5 }) })
 * ```
 *
 * Source: Wang et al. 2019, arXiv:1904.07399.
 */
export function adaptiveWingLoss(options: {
  readonly sigma: number
  readonly foreground?: number | undefined
}): HeadLoss {
  const { sigma, foreground = 10 } = checkedLossOptions('adaptiveWing', options)
  return {
    headLoss: (decoded, truth) =>
      tf.tidy(() => {
        const maps = requireHeadOutput(decoded, 'heatmaps')
        const [, height, width] = maps.shape
        const targets = targetMaps(truth.target, { height, width, sigma })
        const losses = adaptiveWingOfMaps(maps.mul(2 * Math.PI * sigma ** 2), targets, foreground)
        return weightedMean(losses.mul(withinFrame(truth.target)), weightsByPoint(truth))
      }),
  }
}

/** [batch, N], each point's mean over its cells, from maps and the maps that they should be, each [batch, height, width, N]. */
export function adaptiveWingOfMaps(maps: tf.Tensor4D, targets: tf.Tensor4D, foreground: number): tf.Tensor2D {
  return tf.tidy(() => {
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
    return losses.mul(counts).mean([1, 2]) as tf.Tensor2D
  })
}
