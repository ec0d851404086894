import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { gaussianHeatmaps, isWithinFrame } from './gaussian-heatmaps.ts'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import type { LossDefinition } from './loss-definition.ts'
import { magnitude, piecewise, weightedMean, weightsByPoint } from './point-loss.ts'

export interface AdaptiveWingOptions {
  /** Standard deviation of the target's Gaussian, in heatmap cells; at least 1, below which its samples do not sum correctly. */
  readonly sigma: number
  /** Additional weight of foreground cells (at least 0, default 10). */
  readonly foreground?: number | undefined
}

type AdaptiveWingSettings = AdaptiveWingOptions & { readonly kind: 'adaptiveWing' }

const schema = z.strictObject({
  kind: z.literal('adaptiveWing'),
  sigma: z.number().check(z.minimum(1)),
  foreground: z.optional(z.number().check(z.nonnegative())),
})

const OMEGA = 14
const THETA = 0.5
const EPSILON = 1
const ALPHA = 2.1
/** Smallest target value of the cells that, with their neighbors, are foreground. */
const FOREGROUND = 0.2

/**
 * Creates the Adaptive Wing loss for heatmaps: steep for small errors if the target y is high, gentle if it is low.
 *
 * With x the distance of a cell's value from its target, the weighted mean over the cells of
 *
 *     omega ln(1 + (x / epsilon)^(alpha - y))  if x < theta,   else  a x - c
 *
 * with a and c so that both meet smoothly at theta; omega = 14, theta = 0.5, epsilon = 1, alpha = 2.1. Cells at and beside those
 * with y of at least 0.2 have weight 1 + `foreground`.
 *
 * The target is a Gaussian of peak 1 around the true point; a point outside the frame adds nothing. The paper's network outputs such
 * maps itself. Here heatmaps are distributions whose means are the points, so they are multiplied by 2 pi sigma²: a Gaussian of that
 * sigma then has peak 1.
 *
 * @throws `TRAIN_OPTION` for an invalid option; `LOSS_HEAD` in training if the head has no heatmaps
 *
 * Source: Wang et al. 2019, arXiv:1904.07399.
 */
export function adaptiveWingLoss(options: AdaptiveWingOptions): HeadLoss {
  const { sigma, foreground = 10 } = parseByKind(schema, 'adaptiveWing', options)
  return {
    headLoss: (decoded, targets) =>
      tf.tidy(() => {
        const heatmaps = requireHeadOutput(decoded, 'heatmaps')
        const [, height, width] = heatmaps.shape
        const targetMaps = gaussianHeatmaps(targets.target, { height, width, sigma })
        const losses = adaptiveWingOfHeatmaps(tf.mul(heatmaps, 2 * Math.PI * sigma ** 2), targetMaps, foreground)
        return weightedMean(tf.mul(losses, isWithinFrame(targets.target)), weightsByPoint(targets))
      }),
  }
}

/**
 * Computes the mean over the cells for each point.
 *
 * @param heatmaps [batch, height, width, N]
 * @param targets of the same shape
 * @returns [batch, N]
 */
export function adaptiveWingOfHeatmaps(heatmaps: tf.Tensor4D, targets: tf.Tensor4D, foreground: number): tf.Tensor2D {
  return tf.tidy(() => {
    const x = magnitude(tf.sub(heatmaps, targets))
    const power = tf.sub(ALPHA, targets)
    // (theta / epsilon)^power, as an exponential: its base is a constant.
    const atTheta = tf.exp(tf.mul(power, Math.log(THETA / EPSILON)))
    const a = tf.mul(tf.div(tf.mul(power, atTheta), tf.add(atTheta, 1)), OMEGA / THETA)
    const c = tf.sub(tf.mul(a, THETA), tf.mul(tf.log1p(atTheta), OMEGA))
    const near = tf.mul(tf.log1p(tf.pow(tf.div(tf.minimum(x, THETA), EPSILON), power)), OMEGA)
    const losses = piecewise(x, THETA, near, tf.sub(tf.mul(a, x), c))
    const isForeground = tf.greaterEqual(tf.maxPool(targets, 3, 1, 'same'), FOREGROUND)
    const weights = tf.add(tf.mul(tf.cast(isForeground, 'float32'), foreground), 1)
    return tf.mean(tf.mul(losses, weights), [1, 2]) as tf.Tensor2D
  })
}

export const adaptiveWingDefinition: LossDefinition<AdaptiveWingSettings> = {
  kind: 'adaptiveWing',
  schema,
  create: adaptiveWingLoss,
}
