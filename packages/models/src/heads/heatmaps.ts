import { cellCenters, type Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
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
export function softArgmax2d(heatmaps: tfl.SymbolicTensor): tfl.SymbolicTensor {
  const [, height, width, points] = heatmaps.shape as [null, number, number, number]
  const centers = tf.tidy(() => gridCenters(height, width))
  const layers = [
    tfl.layers.reshape({ name: 'flatten', targetShape: [height * width, points] }),
    tfl.layers.permute({ name: 'by_point', dims: [2, 1] }),
    tfl.layers.softmax({ name: 'softmax', axis: -1 }),
    tfl.layers.dense({ name: 'places', units: 2, useBias: false, trainable: false, weights: [centers] }),
    tfl.layers.reshape({ name: 'coordinates', targetShape: [2 * points] }),
  ]
  const coordinates = layers.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, heatmaps)
  centers.dispose()
  return coordinates
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
    const flat = tf.reshape(tf.transpose(heatmaps as tf.Tensor4D, [0, 3, 1, 2]), [batch * points, height * width])
    const probabilities = tf.softmax(flat) as tf.Tensor2D
    const centers = gridCenters(height, width)
    const means = tf.matMul(probabilities, centers) as tf.Tensor2D // [batch * N, 2]
    const isWithinAxis = (axis: 0 | 1): tf.Tensor =>
      isWithin(tf.reshape(tf.slice(centers, [0, axis], [-1, 1]), [1, -1]), tf.slice(means, [0, axis], [-1, 1]))
    const inWindow = tf.mul(tf.mul(probabilities, isWithinAxis(0)), isWithinAxis(1))
    return {
      points: tf.reshape<tf.Rank.R2>(means, [batch, 2 * points]),
      confidence: tf.reshape<tf.Rank.R2>(tf.sum(inWindow, 1), [batch, points]),
      heatmaps: tf.transpose<tf.Tensor4D>(tf.reshape(probabilities, [batch, points, height, width]), [0, 2, 3, 1]),
    } satisfies Decoded
  })
}

/** Computes x and y of the cells' centers, row by row, in relative coordinates: [height * width, 2]. */
function gridCenters(height: number, width: number): tf.Tensor2D {
  const xs = tf.reshape(tf.div(cellCenters(width), width), [1, width, 1])
  const ys = tf.reshape(tf.div(cellCenters(height), height), [height, 1, 1])
  return tf.reshape(tf.concat([tf.tile(xs, [height, 1, 1]), tf.tile(ys, [1, width, 1])], 2), [height * width, 2])
}
