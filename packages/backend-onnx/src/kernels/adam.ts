import type * as tf from '@tensorflow/tfjs'
import type { Kernel } from './kernel.ts'

/**
 * A step of Adam or AdamW in place: inputs `param`, `m`, `v`, `gradient` of one shape; all but the gradient are changed where they lie. Gives
 * the weights. The attributes are those of the trainer's optimizer.
 *
 * Source: Kingma and Ba 2015, arXiv:1412.6980; PyTorch's numerics.
 */
const facekpAdam: Kernel = {
  name: 'FacekpAdam',
  takes: () => true,
  record(backend, inputs, attributes) {
    const { param, m, v, gradient } = inputs as Record<'param' | 'm' | 'v' | 'gradient', tf.TensorInfo>
    const { learningRate, beta1, beta2, epsilon, kept, beta1Power, beta2Power } = attributes
    const { value, data: g } = backend.numbersOf(gradient)
    // A clone of the weights, such as a snapshot, keeps what it holds.
    const moved = backend.refCount(param.dataId) > 1 ? backend.copy(param, value) : backend.alias(param, param.shape)
    const [p, first, second] = [moved, m, v].map((tensor) => backend.ownMemory(tensor, value)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const rate = learningRate / (1 - beta1Power)
    const correction = 1 / Math.sqrt(1 - beta2Power)
    const [rest1, rest2] = [1 - beta1, 1 - beta2]
    for (let i = 0; i < p.length; i++) {
      const slope = g[i] as number
      const mean = beta1 * (first[i] as number) + rest1 * slope
      const square = beta2 * (second[i] as number) + rest2 * slope * slope
      first[i] = mean
      second[i] = square
      p[i] = kept * (p[i] as number) - (rate * mean) / (Math.sqrt(square) * correction + epsilon)
    }
    return moved
  },
}

export const OPTIMIZERS: readonly Kernel[] = [facekpAdam]
