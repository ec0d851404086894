import * as tf from '@tensorflow/tfjs'

interface MeanAttributes {
  readonly axis: number | readonly number[] | null
}

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
    const { axis } = attrs as unknown as MeanAttributes
    const axes = new Set(
      (axis === null ? shape.map((_, i) => i) : [axis].flat()).map(
        (i) => ((i as number) + shape.length) % shape.length,
      ),
    )
    const count = [...axes].reduce((product, i) => product * (shape[i] as number), 1)
    return {
      x: () =>
        tf
          .div(dy, count)
          .reshape(shape.map((side, i) => (axes.has(i) ? 1 : side)))
          .mul(tf.ones(shape, 'float32')),
    }
  },
}
