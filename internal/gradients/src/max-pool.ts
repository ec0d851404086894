import * as tf from '@tensorflow/tfjs-core'

/** Computes the gradient of `tf.maxPool`. TensorFlow.js leaves out `dimRoundingMode`: incorrect if the size of the result is rounded up. */
export const maxPoolGradient: tf.GradConfig = {
  kernelName: 'MaxPool',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc(dyValue, [x, y], attrs) {
    const inputs = { dy: dyValue as tf.Tensor, input: x as tf.Tensor, output: y as tf.Tensor }
    return { x: () => tf.engine().runKernel('MaxPoolGrad', inputs, attrs) as tf.Tensor }
  },
}
