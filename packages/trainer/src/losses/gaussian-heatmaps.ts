import { cellCenters } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'

/**
 * [batch, height, width, N]: for each point a map of so many cells a side with a Gaussian of peak 1 about it, sampled at the
 * cells' centers, sigma in cells.
 */
export function targetMaps(
  target: tf.Tensor2D,
  { height, width, sigma }: { readonly height: number; readonly width: number; readonly sigma: number },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, coordinates] = target.shape
    const [x, y] = target.reshape([batch, 1, 1, coordinates / 2, 2]).split(2, 4) as [tf.Tensor, tf.Tensor]
    const along = (coordinate: tf.Tensor, cells: number, shape: readonly number[]): tf.Tensor =>
      gaussian(coordinate.squeeze([4]), cells, shape, sigma)
    return along(x, width, [1, 1, width, 1]).mul(along(y, height, [1, height, 1, 1]))
  })
}

/** exp(-d² / 2 sigma²), d being how many cells each center is from a relative coordinate; the cells lie along the axis of `shape`. */
function gaussian(coordinate: tf.Tensor, cells: number, shape: readonly number[], sigma: number): tf.Tensor {
  return cellCenters(cells)
    .reshape([...shape])
    .sub(coordinate.mul(cells))
    .div(sigma)
    .square()
    .mul(-1 / 2)
    .exp()
}

/** [batch, N]: 1 for a point within the frame, 0 for one outside, whose place is no cell and no bin. */
export function withinFrame(target: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, coordinates] = target.shape
    const inside = target.greaterEqual(0).logicalAnd(target.lessEqual(1))
    return inside
      .cast('float32')
      .reshape([batch, coordinates / 2, 2])
      .min(2) as tf.Tensor2D
  })
}
