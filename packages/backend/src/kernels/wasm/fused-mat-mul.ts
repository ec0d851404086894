import { ACTIVATION_KERNELS } from '@facekp/tfjs-utils'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { runInScope } from './scope.ts'

interface FusedMatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly activation: string
  readonly leakyreluAlpha?: number
}

type Inputs = Readonly<Record<'a' | 'b', tf.TensorInfo>> &
  Readonly<Partial<Record<'bias' | 'preluActivationWeights', tf.TensorInfo>>>

/**
 * Wraps `_FusedMatMul`, which adds the bias of other columns from the second row on if a matrix is transposed or there are several. The
 * product is computed without bias and activation there; they follow.
 */
export function fusedMatMul(original: tf.KernelConfig): tf.KernelConfig {
  return {
    ...original,
    kernelFunc(call) {
      const inputs = call.inputs as unknown as Inputs
      const { bias } = inputs
      const attrs = call.attrs as unknown as FusedMatMulAttributes
      if (!bias || isCorrect(inputs, attrs)) return original.kernelFunc(call)
      const { activation, leakyreluAlpha, ...transposition } = attrs
      const { a, b, preluActivationWeights } = inputs
      return runInScope(call.backend as BackendWasm, (scope) => {
        const plainCall = { ...call, inputs: { a, b }, attrs: { ...transposition, activation: 'linear' } }
        const product = scope.track(original.kernelFunc(plainCall) as tf.TensorInfo)
        const x = scope.run('Add', { a: product, b: bias })
        if (activation === 'linear') return x
        const weights = activation === 'prelu' ? { alpha: preluActivationWeights as tf.TensorInfo } : {}
        return scope.run(ACTIVATION_KERNELS[activation] as string, { x, ...weights }, { alpha: leakyreluAlpha })
      })
    },
  }
}

/** Tests for a product of two matrices, neither transposed, with one bias for each column. */
function isCorrect({ a, b, bias }: Inputs, { transposeA, transposeB }: FusedMatMulAttributes): boolean {
  const isPlain = !transposeA && !transposeB && a.shape[0] === 1 && b.shape[0] === 1
  return isPlain && bias?.shape.length === 1 && bias.shape[0] === b.shape[2]
}
