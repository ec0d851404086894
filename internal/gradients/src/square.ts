import * as tf from '@tensorflow/tfjs-core'

/**
 * Computes the gradient of `tf.square`: (2 dy) x. TensorFlow.js computes dy (2 x). That takes one more pass over a tensor of
 * the size of x if dy is a broadcast, as it is after a mean.
 */
export const squareGradient: tf.GradConfig = {
  kernelName: 'Square',
  inputsToSave: ['x'],
  gradFunc(dyValue, [x]) {
    const dy = dyValue as tf.Tensor
    return { x: () => tf.mul(tf.mul(dy, 2), tf.cast(x as tf.Tensor, 'float32')) }
  },
}
