import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { isWithinFrame } from './gaussian-heatmaps.ts'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import { type LossDefinition, positiveOption } from './loss-definition.ts'
import { weightedMean, weightsByPoint } from './point-loss.ts'

export interface SimccOptions {
  /** Standard deviation of the target's Gaussian, in bins (default 6: the paper's for 256 pixels at two bins a pixel). */
  readonly sigma?: number | undefined
}

type SimccSettings = SimccOptions & { readonly kind: 'simcc' }

const schema = z.strictObject({ kind: z.literal('simcc'), sigma: positiveOption })

/**
 * Creates the loss of SimCC, for heads that predict two distributions a point.
 *
 * The Kullback-Leibler divergence of each distribution from a Gaussian around the true coordinate, in nats: the weighted mean over points
 * and both axes. A point outside the frame adds nothing. The paper's code takes the mean over the bins; this takes the sum.
 *
 * @throws `TRAIN_OPTION` for an invalid option; `LOSS_HEAD` in training if the head is not a SimCC head
 *
 * Source: Li et al. 2022, arXiv:2107.03332.
 */
export function simccLoss(options: SimccOptions = {}): HeadLoss {
  const { sigma = 6 } = parseByKind(schema, 'simcc', options)
  return {
    headLoss: (decoded, targets) =>
      tf.tidy(() => {
        const { x, y } = requireHeadOutput(decoded, 'simcc')
        const [batch, points] = x.shape
        const coordinates = tf.split(tf.reshape(targets.target, [batch, points, 2]), 2, 2) as [tf.Tensor, tf.Tensor]
        const divergences = [x, y].map((logProbabilities, axis) =>
          divergence(logProbabilities, coordinates[axis] as tf.Tensor, sigma),
        )
        const losses = tf.div(tf.addN(divergences), 2)
        return weightedMean(tf.mul(losses, isWithinFrame(targets.target)), weightsByPoint(targets))
      }),
  }
}

/**
 * Computes the divergence of each distribution from a Gaussian.
 *
 * @param logProbabilities [batch, N, bins]
 * @param coordinates [batch, N, 1], relative
 * @returns [batch, N]
 */
function divergence(logProbabilities: tf.Tensor3D, coordinates: tf.Tensor, sigma: number): tf.Tensor {
  const bins = logProbabilities.shape[2]
  const distances = tf.div(tf.sub(tf.add(tf.range(0, bins), 0.5), tf.mul(coordinates, bins)), sigma)
  const expected = tf.logSoftmax(tf.mul(tf.square(distances), -1 / 2))
  return tf.sum(tf.mul(tf.exp(expected), tf.sub(expected, logProbabilities)), 2)
}

export const simccDefinition: LossDefinition<SimccSettings> = { kind: 'simcc', schema, create: simccLoss }
