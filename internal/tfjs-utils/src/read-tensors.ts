import * as tf from '@tensorflow/tfjs-core'

/** Reads tensors of floats and disposes of them, also if they cannot be read. */
export async function readTensors(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  try {
    return await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()))
  } finally {
    tf.dispose([...tensors])
  }
}
