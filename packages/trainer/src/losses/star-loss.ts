import { cellCenters } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import type { LossDefinition } from './loss-definition.ts'
import { type KeypointTargets, piecewise, weightedMean, weightsByPoint } from './point-loss.ts'

export interface StarOptions {
  /** Weight of the variances, which keeps the heatmaps from spreading (at least 0, default 1). */
  readonly restriction?: number | undefined
}

type StarSettings = StarOptions & { readonly kind: 'star' }

const schema = z.strictObject({ kind: z.literal('star'), restriction: z.optional(z.number().check(z.nonnegative())) })

/** Keeps roots and quotients from 0; the variance of a map of 64 cells a side with one nonzero cell is about 1e-3. */
const TINY = 1e-12
/** Added to the variances that errors are divided by. */
const FLOOR = 1e-5
/** Fraction of the mean variance below which a difference of the eigenvalues is noise. */
const ROUND = 1e-3
/** Distance at which the squared error ends. */
const BETA = 0.01

/**
 * Creates the STAR loss for heatmaps: errors along the direction in which a heatmap spreads, where the point is ambiguous, weigh less
 * than errors across it.
 *
 * Each map, divided by its sum, is a distribution with mean and covariance. With the covariance's eigenvalues l1, l2 and
 * eigenvectors v1, v2, and e from the mean to the true point, it is the weighted mean over the points of
 *
 *     d(v1 e) / sqrt(l1 + 1e-5) + d(v2 e) / sqrt(l2 + 1e-5) + restriction (l1 + l2)
 *
 * in units of half the image's sides, with d the smooth L1 loss with beta 0.01. Eigenvalues and (v e)² of the 2x2 matrix have a closed
 * form: with covariance (a, b; b, c), h = (a + c) / 2, g = (a - c) / 2 and r = sqrt(g² + b²) they are h ± r, and
 * (|e|² ± (g (ex² - ey²) + 2 b ex ey) / r) / 2.
 *
 * @throws `TRAIN_OPTION` for an invalid option; `LOSS_HEAD` in training if the head has no heatmaps
 *
 * Source: Zhou et al. 2023, arXiv:2306.02763.
 */
export function starLoss(options: StarOptions = {}): HeadLoss {
  const { restriction = 1 } = parseByKind(schema, 'star', options)
  return {
    headLoss: (decoded, targets) => starOfHeatmaps(requireHeadOutput(decoded, 'heatmaps'), targets, restriction),
  }
}

/** Computes the loss of heatmaps, [batch, height, width, N], whose values are at least 0. */
export function starOfHeatmaps(
  heatmaps: tf.Tensor4D,
  { target, targetWeights }: KeypointTargets,
  restriction: number,
): tf.Scalar {
  return tf.tidy(() => {
    const [batch, , , points] = heatmaps.shape
    const { meanX, meanY, a, b, c } = computeMoments(heatmaps)
    const h = tf.div(tf.add(a, c), 2)
    const g = tf.div(tf.sub(a, c), 2)
    const squares = tf.add(tf.square(g), tf.square(b))
    const r = tf.sqrt(tf.add(squares, TINY))
    const large = tf.add(h, r)
    const small = tf.maximum(tf.sub(h, r), 0)

    const aims = tf.sub(tf.mul(tf.reshape(target, [batch, points, 2]), 2), 1)
    const [ex, ey] = tf.split(aims, 2, 2).map((part, i) => tf.sub(tf.squeeze(part, [2]), i === 0 ? meanX : meanY)) as [
      tf.Tensor,
      tf.Tensor,
    ]
    const projection = tf.div(
      tf.add(tf.mul(g, tf.sub(tf.square(ex), tf.square(ey))), tf.mul(tf.mul(tf.mul(b, ex), ey), 2)),
      tf.sqrt(tf.add(tf.add(squares, tf.square(tf.mul(h, ROUND))), TINY)),
    )
    const length = tf.add(tf.square(ex), tf.square(ey))
    const normalizedError = (sum: tf.Tensor, eigenvalue: tf.Tensor) =>
      tf.div(smoothL1OfSquare(tf.maximum(tf.div(sum, 2), 0)), tf.sqrt(tf.add(eigenvalue, FLOOR)))
    const losses = tf.add(
      tf.add(normalizedError(tf.add(length, projection), large), normalizedError(tf.sub(length, projection), small)),
      tf.mul(tf.add(large, small), restriction),
    )
    return weightedMean(losses, weightsByPoint({ targetWeights }))
  })
}

interface Moments {
  /** [batch, N] each: mean, -1 to 1, and covariance (a, b; b, c). */
  readonly meanX: tf.Tensor
  readonly meanY: tf.Tensor
  readonly a: tf.Tensor
  readonly b: tf.Tensor
  readonly c: tf.Tensor
}

/** Computes mean and covariance of each heatmap. */
function computeMoments(heatmaps: tf.Tensor4D): Moments {
  const [batch, height, width, points] = heatmaps.shape
  const probabilities = tf.div(heatmaps, tf.maximum(tf.sum(heatmaps, [1, 2], true), 1e-6))
  const mean = (values: tf.Tensor): tf.Tensor2D => tf.sum(tf.mul(probabilities, values), [1, 2]) // -> [batch, N]
  const xs = tf.reshape(sideCenters(width), [1, 1, width, 1])
  const ys = tf.reshape(sideCenters(height), [1, height, 1, 1])
  const meanX = mean(xs)
  const meanY = mean(ys)
  const flat = [batch, 1, 1, points]
  const fromX = tf.sub(xs, tf.reshape(meanX, flat))
  const fromY = tf.sub(ys, tf.reshape(meanY, flat))
  return { meanX, meanY, a: mean(tf.square(fromX)), b: mean(tf.mul(fromX, fromY)), c: mean(tf.square(fromY)) }
}

/** Creates the centers of cells between -1 and 1, the sides of the image. */
function sideCenters(cells: number): tf.Tensor1D {
  return tf.sub(tf.mul(cellCenters(cells), 2 / cells), 1)
}

/** Computes the smooth L1 loss of the root of a number. */
function smoothL1OfSquare(square: tf.Tensor): tf.Tensor {
  const far = tf.sub(tf.sqrt(tf.maximum(square, BETA ** 2)), BETA / 2)
  return piecewise(square, BETA ** 2, tf.div(square, 2 * BETA), far)
}

export const starDefinition: LossDefinition<StarSettings> = { kind: 'star', schema, create: starLoss }
