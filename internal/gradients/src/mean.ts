import * as tf from '@tensorflow/tfjs-core'
import { broadcast, findReducedAxes } from './sum.ts'

/**
 * Computes the gradient of `tf.mean`: dy / count, broadcast to the shape of x. TensorFlow.js broadcasts first and then
 * divides, which takes one more pass over a tensor of the size of x.
 */
export const meanGradient: tf.GradConfig = {
  kernelName: 'Mean',
  inputsToSave: ['x'],
  gradFunc(dyValue, [x], attrs) {
    const dy = dyValue as tf.Tensor
    const { shape } = x as tf.Tensor
    const { axes, reducedShape } = findReducedAxes(shape, (attrs as unknown as { readonly axis: number[] }).axis)
    const count = [...axes].reduce((product, i) => product * (shape[i] as number), 1)
    return { x: () => broadcast(tf.reshape(tf.div(dy, count), reducedShape), shape) }
  },
}
