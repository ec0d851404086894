import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import type * as tf from '@tensorflow/tfjs-core'

/** The part of the backend used here. */
interface Backend extends Pick<WebGPUBackend, 'disposeData'> {
  readonly device: { readonly limits: { readonly maxStorageBuffersPerShaderStage: number } }
}

/**
 * Wraps `AddN` to sum any number of tensors in groups. The original kernel binds all tensors at once; with more than 7, the
 * device rejects this, together with all other pending work.
 */
export function addN(original: tf.KernelConfig): tf.KernelConfig {
  return {
    kernelName: 'AddN',
    backendName: 'webgpu',
    kernelFunc({ inputs, backend }) {
      const gpu = backend as unknown as Backend
      const maxTerms = gpu.device.limits.maxStorageBuffersPerShaderStage - 1
      const sum = (terms: readonly tf.TensorInfo[]): tf.TensorInfo => {
        if (terms.length <= maxTerms) return original.kernelFunc({ inputs: terms as never, backend }) as tf.TensorInfo
        const sums = splitIntoGroups(terms, maxTerms).map(sum)
        const total = sum(sums)
        for (const { dataId } of sums) gpu.disposeData(dataId)
        return total
      }
      return sum(inputs as unknown as readonly tf.TensorInfo[])
    },
  }
}

function splitIntoGroups<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}
