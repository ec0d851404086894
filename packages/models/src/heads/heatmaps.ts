import { cellCenters, type Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { isNear } from './centers.ts'

/** The layer whose maps a head of heatmaps decodes. */
export const HEATMAPS = 'heatmaps'

/**
 * [batch, h, w, N] of a layer {@link HEATMAPS} to [batch, 2 N]: for each map the mean of its softmax, by layers that a model's file can
 * hold.
 *
 * Source: Sun et al. 2018, arXiv:1711.08229.
 */
export function softArgmax2d(heatmaps: tf.SymbolicTensor): tf.SymbolicTensor {
  const [, height, width, points] = heatmaps.shape as [null, number, number, number]
  const centers = tf.tidy(() => gridCenters(height, width))
  const layers = [
    tf.layers.reshape({ name: 'flatten', targetShape: [height * width, points] }),
    tf.layers.permute({ name: 'by_point', dims: [2, 1] }),
    tf.layers.softmax({ name: 'softmax', axis: -1 }),
    tf.layers.dense({ name: 'places', units: 2, useBias: false, trainable: false, weights: [centers] }),
    tf.layers.reshape({ name: 'coordinates', targetShape: [2 * points] }),
  ]
  return layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, heatmaps)
}

/**
 * What maps [batch, h, w, N] of any real numbers say: their softmax is a distribution, its mean the point (`soft-argmax`), what of it
 * lies about the point the confidence.
 *
 * Sources: Nibali et al. 2018, arXiv:1801.07372 (DSNT); Sun et al. 2018, arXiv:1711.08229.
 */
export function decodeHeatmaps([heatmaps]: readonly tf.Tensor[]): Decoded {
  return tf.tidy(() => {
    const [batch, height, width, points] = (heatmaps as tf.Tensor4D).shape
    const flat = (heatmaps as tf.Tensor4D).transpose([0, 3, 1, 2]).reshape([batch * points, height * width])
    const shares = flat.softmax() as tf.Tensor2D
    const centers = gridCenters(height, width)
    const places = shares.matMul(centers) as tf.Tensor2D // [batch * N, 2]
    const near = [0, 1].map((axis) =>
      isNear(centers.slice([0, axis], [-1, 1]).reshape([1, -1]), places.slice([0, axis], [-1, 1])),
    ) as [tf.Tensor, tf.Tensor]
    return {
      points: places.reshape<tf.Tensor2D>([batch, 2 * points]),
      confidence: shares.mul(near[0]).mul(near[1]).sum(1).reshape<tf.Tensor2D>([batch, points]),
      maps: shares.reshape([batch, points, height, width]).transpose<tf.Tensor4D>([0, 2, 3, 1]),
    }
  })
}

/** [height * width, 2]: x and y of the cells' centers, row by row, in relative coordinates. */
function gridCenters(height: number, width: number): tf.Tensor2D {
  const [xs, ys] = [
    cellCenters(width).div(width).reshape([1, width, 1]),
    cellCenters(height).div(height).reshape([height, 1, 1]),
  ]
  return tf.concat([xs.tile([height, 1, 1]), ys.tile([1, width, 1])], 2).reshape([height * width, 2])
}
