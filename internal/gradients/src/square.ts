import * as tf from '@tensorflow/tfjs'

/**
 * The gradient of `tf.square`: (2 dy) x. TensorFlow.js computes dy (2 x), a pass over a tensor of x's size more where dy is a
 * broadcast that the backend need not carry out, as it is after a mean.
 */
export const squareGradient: tf.GradConfig = {
  kernelName: 'Square',
  inputsToSave: ['x'],
  gradFunc(dyValue, [x]) {
    const dy = dyValue as tf.Tensor
    return { x: () => tf.mul(tf.mul(dy, 2), (x as tf.Tensor).cast('float32')) }
  },
}
