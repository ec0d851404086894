import * as tf from '@tensorflow/tfjs'
import { broadcast, findReducedAxes } from './sum.ts'

/**
 * The gradient of `tf.mean`: dy / count, spread over what was averaged. TensorFlow.js spreads first and divides then, a pass
 * over a tensor of x's size more.
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
