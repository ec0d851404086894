import { cellCenters, type Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { isWithin } from './decoder-constants.ts'

/** Name of the layer whose output is the heatmaps. */
export const HEATMAPS = 'heatmaps'

/**
 * Adds the layers that take the mean of each heatmap's softmax (soft-argmax). A saved model needs no custom layer.
 *
 * @param heatmaps [batch, height, width, N], output of the layer {@link HEATMAPS}
 * @returns [batch, 2 N] relative coordinates
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
 * Decodes heatmaps of any real numbers: their softmax is a distribution, its mean the point, its share around the point the confidence.
 *
 * @param outputs one tensor [batch, height, width, N]
 *
 * Sources: Nibali et al. 2018, arXiv:1801.07372 (DSNT); Sun et al. 2018, arXiv:1711.08229.
 */
export function decodeHeatmaps([heatmaps]: readonly tf.Tensor[]): Decoded {
  return tf.tidy(() => {
    const [batch, height, width, points] = (heatmaps as tf.Tensor4D).shape
    const flat = (heatmaps as tf.Tensor4D).transpose([0, 3, 1, 2]).reshape([batch * points, height * width])
    const probabilities = flat.softmax() as tf.Tensor2D
    const centers = gridCenters(height, width)
    const means = probabilities.matMul(centers) as tf.Tensor2D // [batch * N, 2]
    const isWithinAxis = (axis: 0 | 1): tf.Tensor =>
      isWithin(centers.slice([0, axis], [-1, 1]).reshape([1, -1]), means.slice([0, axis], [-1, 1]))
    const inWindow = probabilities.mul(isWithinAxis(0)).mul(isWithinAxis(1))
    return {
      points: means.reshape<tf.Tensor2D>([batch, 2 * points]),
      confidence: inWindow.sum(1).reshape<tf.Tensor2D>([batch, points]),
      heatmaps: probabilities.reshape([batch, points, height, width]).transpose<tf.Tensor4D>([0, 2, 3, 1]),
    } satisfies Decoded
  })
}

/** Computes x and y of the cells' centers, row by row, in relative coordinates: [height * width, 2]. */
function gridCenters(height: number, width: number): tf.Tensor2D {
  const xs = cellCenters(width).div(width).reshape([1, width, 1])
  const ys = cellCenters(height).div(height).reshape([height, 1, 1])
  return tf.concat([xs.tile([height, 1, 1]), ys.tile([1, width, 1])], 2).reshape([height * width, 2])
}
