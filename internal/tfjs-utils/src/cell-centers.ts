import * as tf from '@tensorflow/tfjs-core'

/**
 * Gives the centers of the cells that divide an axis evenly, in cells from its start: 0.5, 1.5, ... (exact in float32). Divide by `cells`
 * for relative coordinates.
 *
 * @returns [cells]
 */
export function cellCenters(cells: number): tf.Tensor1D {
  return tf.add(tf.range(0, cells), 0.5)
}
