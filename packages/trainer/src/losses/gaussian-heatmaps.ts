import { cellCenters } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'

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
    const [x, y] = tf.split(tf.reshape(target, [batch, 1, 1, coordinates / 2, 2]), 2, 4) as [tf.Tensor, tf.Tensor]
    const gaussians = (coordinate: tf.Tensor, centers: tf.Tensor): tf.Tensor =>
      gaussian(tf.mul(tf.squeeze(coordinate, [4]), centers.size), centers, sigma)
    const alongX = gaussians(x, tf.reshape(cellCenters(width), [1, 1, width, 1]))
    const alongY = gaussians(y, tf.reshape(cellCenters(height), [1, height, 1, 1]))
    return tf.mul(alongX, alongY)
  })
}

/** Computes exp(-d² / 2 sigma²), with d the distance of each center from a coordinate. */
function gaussian(coordinate: tf.Tensor, centers: tf.Tensor, sigma: number): tf.Tensor {
  return tf.exp(tf.mul(tf.square(tf.div(tf.sub(centers, coordinate), sigma)), -1 / 2))
}

/** Returns [batch, N]: 1 for a point within the frame, 0 for a point outside, which is in no cell and no bin. */
export function isWithinFrame(target: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, coordinates] = target.shape
    const inside = tf.logicalAnd(tf.greaterEqual(target, 0), tf.lessEqual(target, 1))
    return tf.min(tf.reshape(tf.cast(inside, 'float32'), [batch, coordinates / 2, 2]), 2) as tf.Tensor2D
  })
}
