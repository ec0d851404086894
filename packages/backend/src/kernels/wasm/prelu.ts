import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { runInScope } from './scope.ts'

/**
 * Wraps `Prelu`, which takes the numbers of alpha one after another for those of x, whatever its shape: correct only if its sides are the last
 * ones of x. Any other alpha, such as one number per row, is repeated to the shape of x.
 */
export function prelu(original: tf.KernelConfig): tf.KernelConfig {
  return {
    ...original,
    kernelFunc(call) {
      const { x, alpha } = call.inputs as Record<'x' | 'alpha', tf.TensorInfo>
      tf.backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape)
      if (hasLastSides(alpha.shape, x.shape)) return original.kernelFunc(call)
      const shape = [...Array<number>(x.shape.length - alpha.shape.length).fill(1), ...alpha.shape]
      const reps = x.shape.map((side, axis) => side / (shape[axis] as number))
      return runInScope(call.backend as BackendWasm, (scope) => {
        const repeated = scope.run('Tile', { x: scope.reshape(alpha, shape) }, { reps })
        return scope.track(original.kernelFunc({ ...call, inputs: { x, alpha: repeated } }) as tf.TensorInfo)
      })
    },
  }
}

/** Wraps a fused kernel, which has the same fault: it computes PReLU only for an alpha of one number, or of one per channel. */
export function splitPrelu(original: tf.KernelConfig): tf.KernelConfig {
  return {
    ...original,
    kernelFunc(call) {
      const { preluActivationWeights: alpha, ...inputs } = call.inputs as Readonly<Record<string, tf.TensorInfo>>
      const isPerChannel = alpha?.shape.slice(0, -1).every((side) => side === 1) ?? true
      if (alpha === undefined || isPerChannel) return original.kernelFunc(call)
      return runInScope(call.backend as BackendWasm, (scope) => {
        const attrs = { ...call.attrs, activation: 'linear' }
        const x = scope.track(original.kernelFunc({ ...call, inputs, attrs }) as tf.TensorInfo)
        return scope.run('Prelu', { x, alpha })
      })
    },
  }
}

/** Tests whether a shape, but for ones at its beginning, consists of the last sides of another. */
function hasLastSides(shape: readonly number[], other: readonly number[]): boolean {
  const first = shape.findIndex((side) => side !== 1)
  const sides = first < 0 ? [] : shape.slice(first)
  return sides.every((side, axis) => side === other.at(axis - sides.length))
}
