import * as tf from '@tensorflow/tfjs-core'

interface CumsumAttributes {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

/** Computes the gradient of `tf.cumsum`: the sum from the other end. TensorFlow.js also transposes it, unless the axis is the last one. */
export const cumsumGradient: tf.GradConfig = {
  kernelName: 'Cumsum',
  inputsToSave: [],
  gradFunc(dy, _, attrs) {
    const { axis, exclusive, reverse } = attrs as unknown as CumsumAttributes
    return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) }
  },
}
