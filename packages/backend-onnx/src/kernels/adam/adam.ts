import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type { Kernel } from '../kernel.ts'
import { adamStep } from './adam-step.ts'

/**
 * A step of Adam or AdamW: inputs `param`, `m`, `v` and `gradient` of one shape; the first three are updated in place. Returns the
 * weights.
 */
const facekpAdam: Kernel = {
  name: ADAM_KERNEL,
  supports: () => true,
  record(backend, inputs, attributes) {
    const { param, m, v, gradient } = inputs as Record<'param' | 'm' | 'v' | 'gradient', tf.TensorInfo>
    const { value, data } = backend.readNumbers(gradient)
    // Clones of the weights, such as a snapshot, keep their numbers.
    const updated = backend.refCount(param.dataId) > 1 ? backend.copy(param, value) : backend.alias(param, param.shape)
    adamStep(
      {
        param: backend.claimMemory(updated, value),
        m: backend.claimMemory(m, value),
        v: backend.claimMemory(v, value),
        gradient: data as Float32Array,
      },
      attributes as AdamAttributes,
    )
    return updated
  },
}

export const OPTIMIZER_KERNELS: readonly Kernel[] = [facekpAdam]
