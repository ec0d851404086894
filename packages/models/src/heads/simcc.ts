import { cellCenters, type Decoded } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { layerInitializers } from '../initialization.ts'
import { isNear } from './centers.ts'

/** The layers whose numbers a head of axes decodes. */
export const SIMCC_X = 'simcc_x'
export const SIMCC_Y = 'simcc_y'

/** Bins a pixel. */
const SPLIT_RATIO = 2

/**
 * [batch, h, w, C] to [batch, 2 N]: a map for each point, its cells by a dense layer, the same for all points, to two bins a pixel along
 * x and as many along y; the mean of the softmax of each is the place. Made of layers that a model's file can hold.
 *
 * Source: Li et al. 2022, arXiv:2107.03332, with the mean in place of the largest bin.
 */
export function simccHead(
  features: tf.SymbolicTensor,
  { width, height, numKeypoints, seed }: { width: number; height: number; numKeypoints: number; seed: number },
): tf.SymbolicTensor {
  const [, rows, columns, channels] = features.shape as [null, number, number, number]
  const cells = rows * columns
  const initializers = layerInitializers('he', seed)
  const layers = [
    tf.layers.conv2d({
      name: 'simcc_maps',
      filters: numKeypoints,
      kernelSize: 1,
      ...initializers({ fanIn: channels }),
    }),
    tf.layers.reshape({ name: 'simcc_flatten', targetShape: [cells, numKeypoints] }),
    tf.layers.permute({ name: 'simcc_by_point', dims: [2, 1] }),
  ]
  const byPoint = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, features)
  const axis = (name: string, side: number): tf.SymbolicTensor => {
    const units = SPLIT_RATIO * side
    const centers = tf.tidy(() => cellCenters(units).div(units).reshape([units, 1]))
    const own = [
      tf.layers.dense({ name, units, ...initializers({ fanIn: cells, last: true }) }),
      tf.layers.softmax({ name: `${name}_softmax`, axis: -1 }),
      tf.layers.dense({ name: `${name}_place`, units: 1, useBias: false, trainable: false, weights: [centers] }),
    ]
    return own.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, byPoint)
  }
  const places = tf.layers.concatenate({ name: 'places' }).apply([axis(SIMCC_X, width), axis(SIMCC_Y, height)])
  return tf.layers.reshape({ name: 'coordinates', targetShape: [2 * numKeypoints] }).apply(places) as tf.SymbolicTensor
}

/**
 * What bins [batch, N, bins] along x and along y say: the softmax of each is a distribution, its mean the coordinate; of both
 * distributions together, what lies about the point is the confidence. The paper takes the largest bin, which has no gradient.
 *
 * Source: Li et al. 2022, arXiv:2107.03332.
 */
export function decodeSimcc([xs, ys]: readonly tf.Tensor[]): Decoded {
  return tf.tidy(() => {
    const [x, y] = [axisOf(xs as tf.Tensor3D), axisOf(ys as tf.Tensor3D)]
    const [batch, points] = (xs as tf.Tensor3D).shape
    return {
      points: tf.concat([x.places, y.places], 2).reshape<tf.Tensor2D>([batch, 2 * points]),
      confidence: x.near.mul<tf.Tensor2D>(y.near),
      axes: { x: x.logarithms, y: y.logarithms },
    }
  })
}

function axisOf(bins: tf.Tensor3D): { logarithms: tf.Tensor3D; places: tf.Tensor3D; near: tf.Tensor2D } {
  const centers = cellCenters(bins.shape[2]).div(bins.shape[2])
  const shares = bins.softmax()
  const places = shares.mul(centers).sum<tf.Tensor3D>(2, true) // [batch, N, 1]
  return {
    logarithms: bins.logSoftmax() as tf.Tensor3D,
    places,
    near: shares.mul(isNear(centers, places)).sum<tf.Tensor2D>(2),
  }
}
