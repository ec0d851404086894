import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'
import { adamStep } from '../optimizers/adam.ts'
import type { Kernel } from './kernel.ts'

/**
 * A step of Adam or AdamW in place: inputs `param`, `m`, `v`, `gradient` of one shape; all but the gradient are changed where they lie. Gives
 * the weights. The attributes are those of the trainer's optimizer.
 */
const facekpAdam: Kernel = {
  name: ADAM_KERNEL,
  takes: () => true,
  record(backend, inputs, attributes) {
    const { param, m, v, gradient } = inputs as Record<'param' | 'm' | 'v' | 'gradient', tf.TensorInfo>
    const { value, data: g } = backend.toNumbers(gradient)
    // A clone of the weights, such as a snapshot, keeps what it holds.
    const moved = backend.refCount(param.dataId) > 1 ? backend.copy(param, value) : backend.alias(param, param.shape)
    const [p, first, second] = [moved, m, v].map((tensor) => backend.ownMemory(tensor, value)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    adamStep(p, first, second, g as Float32Array, attributes as AdamAttributes)
    return moved
  },
}

export const OPTIMIZERS: readonly Kernel[] = [facekpAdam]
