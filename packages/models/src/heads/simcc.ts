import { cellCenters, type Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { layerInitializers } from '../layers/initialization.ts'
import { isWithin } from './decoder-constants.ts'

/** Names of the layers whose outputs are the bins along x and along y. */
export const SIMCC_X = 'simcc_x'
export const SIMCC_Y = 'simcc_y'

/** Bins per pixel. */
const SPLIT_RATIO = 2

/**
 * Adds a SimCC head: one map per point, whose cells a dense layer shared by all points takes to the bins of each axis; the mean of each
 * softmax is the coordinate. A saved model needs no custom layer.
 *
 * @param features [batch, h, w, C]
 * @returns [batch, 2 N] relative coordinates
 *
 * Source: Li et al. 2022, arXiv:2107.03332, with the mean in place of the largest bin.
 */
export function simccHead(
  features: tfl.SymbolicTensor,
  { width, height, numKeypoints, seed }: { width: number; height: number; numKeypoints: number; seed: number },
): tfl.SymbolicTensor {
  const [, rows, columns, channels] = features.shape as [null, number, number, number]
  const cells = rows * columns
  const initializers = layerInitializers('he', seed)
  const applyAll = (x: tfl.SymbolicTensor, layers: readonly tfl.layers.Layer[]): tfl.SymbolicTensor =>
    layers.reduce((input, layer) => layer.apply(input) as tfl.SymbolicTensor, x)
  const byPoint = applyAll(features, [
    tfl.layers.conv2d({
      name: 'simcc_maps',
      filters: numKeypoints,
      kernelSize: 1,
      ...initializers({ fanIn: channels }),
    }),
    tfl.layers.reshape({ name: 'simcc_flatten', targetShape: [cells, numKeypoints] }),
    tfl.layers.permute({ name: 'simcc_by_point', dims: [2, 1] }),
  ])
  const addAxis = (name: string, side: number): tfl.SymbolicTensor => {
    const units = SPLIT_RATIO * side
    const centers = tf.tidy(() => tf.reshape(tf.div(cellCenters(units), units), [units, 1]))
    const place = applyAll(byPoint, [
      tfl.layers.dense({ name, units, ...initializers({ fanIn: cells, last: true }) }),
      tfl.layers.softmax({ name: `${name}_softmax`, axis: -1 }),
      tfl.layers.dense({ name: `${name}_place`, units: 1, useBias: false, trainable: false, weights: [centers] }),
    ])
    centers.dispose()
    return place
  }
  const axes = [addAxis(SIMCC_X, width), addAxis(SIMCC_Y, height)]
  const joint = tfl.layers.concatenate({ name: 'places' }).apply(axes)
  return tfl.layers.reshape({ name: 'coordinates', targetShape: [2 * numKeypoints] }).apply(joint) as tfl.SymbolicTensor
}

/**
 * Decodes bins along x and y: the softmax of each is a distribution, its mean the coordinate. The confidence is the product of
 * the probabilities around the point in both distributions. The paper uses the largest bin, which has no gradient.
 *
 * @param outputs two tensors [batch, N, bins], along x and along y
 *
 * Source: Li et al. 2022, arXiv:2107.03332.
 */
export function decodeSimcc([xs, ys]: readonly tf.Tensor[]): Decoded {
  return tf.tidy(() => {
    const x = decodeAxis(xs as tf.Tensor3D)
    const y = decodeAxis(ys as tf.Tensor3D)
    const [batch, points] = (xs as tf.Tensor3D).shape
    return {
      points: tf.reshape<tf.Rank.R2>(tf.concat([x.means, y.means], 2), [batch, 2 * points]),
      confidence: tf.mul<tf.Tensor2D>(x.inWindow, y.inWindow),
      simcc: { x: x.logProbabilities, y: y.logProbabilities },
    } satisfies Decoded
  })
}

function decodeAxis(bins: tf.Tensor3D): { logProbabilities: tf.Tensor3D; means: tf.Tensor3D; inWindow: tf.Tensor2D } {
  const centers = tf.div(cellCenters(bins.shape[2]), bins.shape[2])
  const probabilities = tf.softmax(bins)
  const means = tf.sum<tf.Tensor3D>(tf.mul(probabilities, centers), 2, true) // [batch, N, 1]
  return {
    logProbabilities: tf.logSoftmax(bins) as tf.Tensor3D,
    means,
    inWindow: tf.sum<tf.Tensor2D>(tf.mul(probabilities, isWithin(centers, means)), 2),
  }
}
