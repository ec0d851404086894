import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { viewNumbers } from './view-numbers.ts'

/**
 * Computes a step of Adam or AdamW as PyTorch does, in one pass: `m` and `v` change in place, the new weights are a new tensor.
 * (The backend's convolutions cache a packed copy of each filter by its id, so weights must not change in place.)
 *
 * Source: Kingma and Ba 2015, arXiv:1412.6980.
 */
export const facekpAdam: tf.KernelConfig = {
  kernelName: ADAM_KERNEL,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const wasm = backend as BackendWasm
    const { param, m, v, gradient } = inputs as Record<'param' | 'm' | 'v' | 'gradient', tf.TensorInfo>
    const { learningRate, beta1, beta2, epsilon, decayFactor, beta1Power, beta2Power } =
      attrs as unknown as AdamAttributes
    const updated = wasm.makeOutput(param.shape, 'float32')
    const [p, first, second, g, out] = viewNumbers(wasm, [param, m, v, gradient, updated])
    const rate = learningRate / (1 - beta1Power)
    const correction = 1 / Math.sqrt(1 - beta2Power)
    for (let i = 0; i < p.length; i++) {
      const value = g[i] as number
      const mean = beta1 * (first[i] as number) + (1 - beta1) * value
      const square = beta2 * (second[i] as number) + (1 - beta2) * value * value
      first[i] = mean
      second[i] = square
      out[i] = decayFactor * (p[i] as number) - (rate * mean) / (Math.sqrt(square) * correction + epsilon)
    }
    return updated
  },
}
