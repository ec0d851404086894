import * as tf from '@tensorflow/tfjs'
import { withinFrame } from './gaussian-heatmaps.ts'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import { checkedLossOptions } from './loss-schema.ts'
import { weightedMean, weightsByPoint } from './point-loss.ts'

/**
 * The loss of SimCC, for heads whose points are two distributions: the Kullback-Leibler divergence of each from a Gaussian about the true
 * coordinate, in nats; the weighted mean over points and both axes. A point outside the frame adds nothing. The paper's own code has
 * the mean over the bins, where this is the sum.
 *
 * @param options.sigma of the Gaussian, in bins; default 6, as in the paper's configuration for 256 pixels at two bins a pixel
 *
 * @example
 * ```ts
 * await train({ ...settings, head: getHead(model), loss: simccLoss({ sigma: 4 }) })
 * ```
 *
 * Source: Li et al. 2022, arXiv:2107.03332.
 */
export function simccLoss(options: { readonly sigma?: number | undefined } = {}): HeadLoss {
  const { sigma = 6 } = checkedLossOptions('simcc', options)
  return {
    headLoss: (decoded, truth) =>
      tf.tidy(() => {
        const { x, y } = requireHeadOutput(decoded, 'simcc')
        const [batch, points] = x.shape
        const places = truth.target.reshape([batch, points, 2]).split(2, 2) as [tf.Tensor, tf.Tensor]
        const divergences = [x, y].map((logarithms, axis) => divergence(logarithms, places[axis] as tf.Tensor, sigma))
        const losses = tf.addN(divergences).div(2)
        return weightedMean(losses.mul(withinFrame(truth.target)), weightsByPoint(truth))
      }),
  }
}

/** [batch, N], from logarithms of shares, [batch, N, bins], and relative coordinates, [batch, N, 1]. */
function divergence(logarithms: tf.Tensor3D, places: tf.Tensor, sigma: number): tf.Tensor {
  const bins = logarithms.shape[2]
  const distances = tf.range(0, bins).add(0.5).sub(places.mul(bins)).div(sigma)
  const wanted = distances
    .square()
    .mul(-1 / 2)
    .logSoftmax()
  return wanted.exp().mul(wanted.sub(logarithms)).sum(2)
}
