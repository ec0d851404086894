import { cellCenters } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { type HeadLoss, requireHeadOutput } from './loss.ts'
import { checkedLossOptions } from './loss-schema.ts'
import { type KeypointTargets, piecewise, weightedMean, weightsByPoint } from './point-loss.ts'

/** Keeps roots and quotients from 0; variances of a map of 64 cells a side that holds one cell alone are about 1e-3. */
const TINY = 1e-12
/** Added to the variances that errors are divided by. */
const FLOOR = 1e-5
/** As a fraction of the mean variance: where the two differ by less, neither direction is told from the other. */
const ROUND = 1e-3

/**
 * STAR, for heads of maps: errors along the direction in which a point's map is spread, where its place is ambiguous, count less than those across.
 * Each map, divided by its sum, is a distribution with mean and covariance; with its eigenvalues l1, l2 and directions v1, v2, and
 * e from its mean to the true point, the weighted mean over the points of
 *
 *     d(v1 e) / sqrt(l1 + 1e-5) + d(v2 e) / sqrt(l2 + 1e-5) + restriction (l1 + l2)
 *
 * in units of half the picture's sides, d being smooth L1 with beta 0.01. The last term keeps the maps from spreading. The
 * eigenvalues and (v e)² of a 2x2 matrix are written out: with covariance (a, b; b, c), h = (a + c) / 2, g = (a - c) / 2 and
 * r = sqrt(g² + b²) they are h ± r, and (|e|² ± (g (ex² - ey²) + 2 b ex ey) / r) / 2.
 *
 * @param options.restriction at least 0, default 1
 *
 * @example
 * ```ts
 * await train({ ...settings, head: getHead(model), loss: star() })
 * ```
 *
 * Source: Zhou et al. 2023, arXiv:2306.02763.
 */
export function starLoss(options: { readonly restriction?: number | undefined } = {}): HeadLoss {
  const { restriction = 1 } = checkedLossOptions('star', options)
  return { headLoss: (decoded, truth) => starOfMaps(requireHeadOutput(decoded, 'heatmaps'), truth, restriction) }
}

/** From maps, [batch, height, width, N], none of their values below 0, and the points that they should tell. */
export function starOfMaps(
  maps: tf.Tensor4D,
  { target, targetWeights }: KeypointTargets,
  restriction: number,
): tf.Scalar {
  return tf.tidy(() => {
    const [batch, height, width, points] = maps.shape
    const share = maps.div(maps.sum([1, 2], true).maximum(1e-6))
    const mean = (values: tf.Tensor): tf.Tensor2D => share.mul(values).sum([1, 2]) // -> [batch, N]
    const [xs, ys] = [sideCenters(width).reshape([1, 1, width, 1]), sideCenters(height).reshape([1, height, 1, 1])]
    const [meanX, meanY] = [mean(xs), mean(ys)]
    const flat = [batch, 1, 1, points]
    const [fromX, fromY] = [xs.sub(meanX.reshape(flat)), ys.sub(meanY.reshape(flat))]
    const [a, b, c] = [mean(fromX.square()), mean(fromX.mul(fromY)), mean(fromY.square())]

    const [h, g] = [a.add(c).div(2), a.sub(c).div(2)]
    const squares = g.square().add(b.square())
    const r = squares.add(TINY).sqrt()
    const [large, small] = [h.add(r), h.sub(r).maximum(0)]

    const aims = target.reshape([batch, points, 2]).mul(2).sub(1)
    const [ex, ey] = aims.split(2, 2).map((part, i) => part.squeeze([2]).sub(i === 0 ? meanX : meanY)) as [
      tf.Tensor,
      tf.Tensor,
    ]
    const turned = g
      .mul(ex.square().sub(ey.square()))
      .add(b.mul(ex).mul(ey).mul(2))
      .div(squares.add(h.mul(ROUND).square()).add(TINY).sqrt())
    const length = ex.square().add(ey.square())
    const along = (sum: tf.Tensor, eigenvalue: tf.Tensor) =>
      smoothL1OfSquare(sum.div(2).maximum(0)).div(eigenvalue.add(FLOOR).sqrt())
    const losses = along(length.add(turned), large)
      .add(along(length.sub(turned), small))
      .add(large.add(small).mul(restriction))
    return weightedMean(losses, weightsByPoint({ targetWeights }))
  })
}

/** Gives the centers of cells along a side of the image, which goes from -1 to 1. */
function sideCenters(cells: number): tf.Tensor1D {
  return cellCenters(cells)
    .mul(2 / cells)
    .sub(1)
}

const BETA = 0.01

/** Smooth L1 of the root of a number. */
function smoothL1OfSquare(square: tf.Tensor): tf.Tensor {
  const far = square
    .maximum(BETA ** 2)
    .sqrt()
    .sub(BETA / 2)
  return piecewise(square, BETA ** 2, square.div(2 * BETA), far)
}
