import * as tf from '@tensorflow/tfjs-core'

/** Computes dy times the derivative by one of two inputs; the result has the shape of dy. */
type Derivative = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor

/** Gradients that TensorFlow.js does not sum over broadcast axes, so that it fails if the shapes of a and b differ. */
export const broadcastGradients: readonly tf.GradConfig[] = [
  createGradient('Maximum', {
    a: (dy, a, b) => tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')),
    b: (dy, a, b) => tf.mul(dy, tf.cast(tf.less(a, b), 'float32')),
  }),
  createGradient('Minimum', {
    a: (dy, a, b) => tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')),
    b: (dy, a, b) => tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')),
  }),
  createGradient('SquaredDifference', {
    a: (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    b: (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  }),
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc(dyValue, [aValue, bValue], attrs) {
      const [dy, a, b] = [dyValue as tf.Tensor, aValue as tf.Tensor, bValue as tf.Tensor]
      const { transposeA, transposeB } = attrs as unknown as Transposition
      return {
        a: () =>
          tf.tidy(() =>
            sumTo(transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB), a.shape),
          ),
        b: () =>
          tf.tidy(() =>
            sumTo(transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false), b.shape),
          ),
      }
    },
  },
]

interface Transposition {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

function createGradient(
  kernelName: string,
  derivatives: { readonly a: Derivative; readonly b: Derivative },
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc(dyValue, [aValue, bValue]) {
      const [dy, a, b] = [dyValue as tf.Tensor, aValue as tf.Tensor, bValue as tf.Tensor]
      return {
        a: () => tf.tidy(() => sumTo(derivatives.a(dy, a, b), a.shape)),
        b: () => tf.tidy(() => sumTo(derivatives.b(dy, a, b), b.shape)),
      }
    },
  }
}

/** Sums a gradient over the axes along which an input of this shape was broadcast. */
function sumTo(gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape)
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), [...shape])
}
