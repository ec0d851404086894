import { cellCenters } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'

/**
 * Creates a heatmap for each point: a Gaussian of peak 1 around it, sampled at the centers of the cells.
 *
 * @param target [batch, 2 N], relative coordinates
 * @param size.sigma standard deviation in cells
 * @returns [batch, height, width, N]
 */
export function gaussianHeatmaps(
  target: tf.Tensor2D,
  { height, width, sigma }: { readonly height: number; readonly width: number; readonly sigma: number },
): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, coordinates] = target.shape
    const [x, y] = target.reshape([batch, 1, 1, coordinates / 2, 2]).split(2, 4) as [tf.Tensor, tf.Tensor]
    const gaussians = (coordinate: tf.Tensor, centers: tf.Tensor): tf.Tensor =>
      gaussian(coordinate.squeeze([4]).mul(centers.size), centers, sigma)
    const alongX = gaussians(x, cellCenters(width).reshape([1, 1, width, 1]))
    const alongY = gaussians(y, cellCenters(height).reshape([1, height, 1, 1]))
    return alongX.mul(alongY)
  })
}

/** Computes exp(-d² / 2 sigma²), with d the distance of each center from a coordinate. */
function gaussian(coordinate: tf.Tensor, centers: tf.Tensor, sigma: number): tf.Tensor {
  return centers
    .sub(coordinate)
    .div(sigma)
    .square()
    .mul(-1 / 2)
    .exp()
}

/** Returns [batch, N]: 1 for a point within the frame, 0 for a point outside, which is in no cell and no bin. */
export function isWithinFrame(target: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, coordinates] = target.shape
    const inside = target.greaterEqual(0).logicalAnd(target.lessEqual(1))
    return inside
      .cast('float32')
      .reshape([batch, coordinates / 2, 2])
      .min(2) as tf.Tensor2D
  })
}
