import * as tf from '@tensorflow/tfjs'

/**
 * Gives the centers of the cells that divide an axis evenly, in cells from its start: 0.5, 1.5, ... (exact in float32). Divide by `cells`
 * for relative coordinates.
 *
 * @returns [cells]
 */
export function cellCenters(cells: number): tf.Tensor1D {
  return tf.range(0, cells).add(0.5)
}
