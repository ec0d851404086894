import * as tf from '@tensorflow/tfjs'

/** The axes that a reduction took away, and the input's shape with 1 in their place. */
export function findReducedAxes(
  shape: readonly number[],
  axis: number | readonly number[] | null | undefined,
): { readonly axes: ReadonlySet<number>; readonly reducedShape: number[] } {
  const allAxes = shape.map((_, i) => i)
  const axes = new Set(
    (axis === null || axis === undefined ? allAxes : [axis].flat()).map(
      (i) => ((i as number) + shape.length) % shape.length,
    ),
  )
  return { axes, reducedShape: shape.map((side, i) => (axes.has(i) ? 1 : side)) }
}

/** Broadcasts by a product with ones that the backend fills itself: faster than tiling, which no backend has made fast. */
export function broadcast(values: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.mul(values, tf.fill([...shape], 1))
}

/** The gradient of `tf.sum`: dy, spread over what was summed. TensorFlow.js copies ones from the host to multiply by. */
export const sumGradient: tf.GradConfig = {
  kernelName: 'Sum',
  inputsToSave: ['x'],
  gradFunc(dyValue, [x], attrs) {
    const dy = dyValue as tf.Tensor
    const { shape } = x as tf.Tensor
    const { reducedShape } = findReducedAxes(shape, (attrs as unknown as { readonly axis: number[] }).axis)
    return { x: () => broadcast(tf.reshape(dy, reducedShape), shape) }
  },
}
