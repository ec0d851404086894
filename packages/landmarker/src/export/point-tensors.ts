import * as tf from '@tensorflow/tfjs-core'

/**
 * Averages points with those of the mirrored crop; both are relative to their crop, 0..1 along its sides: [batch, points, 2].
 *
 * @param flip for each point the one that it becomes in a mirrored face
 */
export function averageWithMirrored(points: tf.Tensor3D, mirrored: tf.Tensor3D, flip: readonly number[]): tf.Tensor3D {
  return tf.div(tf.add(points, mirrorTensor(mirrored, flip)), 2)
}

/** Mirrors relative points: [batch, points, 2]. */
export function mirrorTensor(points: tf.Tensor3D, flip: readonly number[]): tf.Tensor3D {
  return tf.add(tf.mul(tf.gather(points, [...flip], 1), tf.tensor1d([-1, 1])), tf.tensor1d([1, 0]))
}

/** Maps relative points to point coordinates of a crop: (0, 0) is the center of the top-left pixel. */
export function toPixels(
  relative: tf.Tensor3D,
  { width, height }: { readonly width: number; readonly height: number },
): tf.Tensor3D {
  return tf.sub(tf.mul(relative, tf.tensor1d([width, height])), 0.5)
}
