import * as tf from '@tensorflow/tfjs-core'
import { DESCRIPTOR_LENGTH, RADII } from '../feature-maps.ts'
import type { PointRefinement } from '../predictors/refined-regression.ts'

/**
 * Corrects points, as `refinePoints` does, by matrix products that every runtime has.
 *
 * @param points relative to the crop: [batch, points, 2]
 * @param maps of the mesh network, each [batch, side, side, channels]
 * @returns points: [batch, points, 2]
 */
export function refineTensors(
  points: tf.Tensor3D,
  maps: readonly tf.Tensor4D[],
  { offsets, coefficients }: PointRefinement,
): tf.Tensor3D {
  const [, count] = points.shape
  const descriptors = tf.concat(
    RADII.map((radius, i) => describePoints(points, maps[i] as tf.Tensor4D, radius)),
    2,
  )
  // Each point has its own coefficients.
  const matrices = tf.tensor3d(Float32Array.from(coefficients), [count, DESCRIPTOR_LENGTH, 2])
  const products = tf.matMul(tf.transpose(descriptors, [1, 0, 2]), matrices)
  const corrections = tf.add(tf.transpose(products, [1, 0, 2]), tf.tensor2d(Float32Array.from(offsets), [count, 2]))
  return tf.add(points, corrections)
}

/** Samples a map around each point: [batch, points, (2 radius + 1) squared * channels]. */
function describePoints(points: tf.Tensor3D, map: tf.Tensor4D, radius: number): tf.Tensor3D {
  const [, side, , channels] = map.shape
  const [, count] = points.shape
  const steps = 2 * radius + 1
  const weigh = (axis: 0 | 1): tf.Tensor => weighCells(tf.slice(points, [0, 0, axis], [-1, -1, 1]), side, radius)
  const rows = tf.matMul(
    tf.reshape(weigh(1), [-1, count * steps, side]),
    tf.reshape(map, [-1, side, side * channels]) as tf.Tensor3D,
  )
  const columns = tf.reshape(tf.transpose(tf.reshape(rows, [-1, steps, side, channels]), [0, 2, 1, 3]), [
    -1,
    side,
    steps * channels,
  ])
  const sampled = tf.matMul(tf.reshape(weigh(0), [-1, steps, side]), columns)
  const byRow = tf.transpose(tf.reshape(sampled, [-1, steps, steps, channels]), [0, 2, 1, 3])
  return tf.reshape(byRow, [-1, count, steps * steps * channels])
}

/** Computes how much each cell of a row or column counts for each bilinear sample: [batch, points, samples, side]. */
function weighCells(coordinates: tf.Tensor3D, side: number, radius: number): tf.Tensor {
  const steps = Float32Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius - 0.5)
  const places = tf.clipByValue(tf.add(tf.mul(coordinates, side), tf.tensor1d(steps)), 0, side - 1)
  const cells = tf.range(0, side)
  const distances = tf.abs(tf.sub(tf.expandDims(places, 3), cells))
  return tf.relu(tf.sub(1, distances))
}
