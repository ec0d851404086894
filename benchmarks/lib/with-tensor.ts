import type { Image } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

/** Computes something of an image as a tensor of bytes, [height, width, 3]. */
export async function withTensor<T>(
  { data, width, height }: Image,
  compute: (input: tf.Tensor3D) => Promise<T>,
): Promise<T> {
  const input = tf.tensor3d(Int32Array.from(data), [height, width, 3], 'int32')
  try {
    return await compute(input)
  } finally {
    input.dispose()
  }
}
