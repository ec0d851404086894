import * as tf from '@tensorflow/tfjs-core'

/** Finds the axes that a reduction removed, and the shape of its input with 1 in their place. */
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

/** Broadcasts by a product with ones that the backend creates: tiling is slow on every backend. */
export function broadcast(values: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.mul(values, tf.fill([...shape], 1))
}

/**
 * Computes the gradient of `tf.sum`: dy, broadcast to the shape of x. TensorFlow.js multiplies by ones that it copies from
 * the host.
 */
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
