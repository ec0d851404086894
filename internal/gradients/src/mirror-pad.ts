import * as tf from '@tensorflow/tfjs-core'

interface MirrorPadAttributes {
  readonly paddings: readonly (readonly [number, number])[]
  readonly mode: 'reflect' | 'symmetric'
}

/**
 * Computes the gradient of `tf.mirrorPad`: the gradient of each border pixel is added to the pixel that it mirrors.
 * TensorFlow.js drops it. Along each axis in turn, the border's gradient is cut off, reversed and added to its source.
 */
export const mirrorPadGradient: tf.GradConfig = {
  kernelName: 'MirrorPad',
  inputsToSave: [],
  gradFunc(dy, _, attrs) {
    const { paddings, mode } = attrs as unknown as MirrorPadAttributes
    return {
      x: () =>
        tf.tidy(() =>
          paddings.reduce<tf.Tensor>(
            (gradient, padding, axis) => foldBorder(gradient, axis, padding, mode === 'reflect' ? 1 : 0),
            dy as tf.Tensor,
          ),
        ),
    }
  },
}

/**
 * Adds the gradient of the border along one axis to its source.
 *
 * @param skip distance of the mirror from the edge: 1 if the edge itself is not repeated
 */
function foldBorder(dy: tf.Tensor, axis: number, [before, after]: readonly [number, number], skip: number): tf.Tensor {
  const length = (dy.shape[axis] as number) - before - after
  const along = (begin: number, size: number): tf.Tensor =>
    tf.slice(
      dy,
      dy.shape.map((_, i) => (i === axis ? begin : 0)),
      dy.shape.map((side, i) => (i === axis ? size : side)),
    )
  const placed = (part: tf.Tensor, at: number): tf.Tensor =>
    tf.pad(
      part,
      dy.shape.map((_, i) => (i === axis ? [at, length - at - (part.shape[axis] as number)] : [0, 0])),
    )
  let gradient = along(before, length)
  if (before > 0) gradient = tf.add(gradient, placed(tf.reverse(along(0, before), axis), skip))
  if (after > 0)
    gradient = tf.add(gradient, placed(tf.reverse(along(before + length, after), axis), length - skip - after))
  return gradient
}
