import type * as tf from '@tensorflow/tfjs'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'

/** What is used of the backend. */
interface Backend extends Pick<WebGPUBackend, 'disposeData'> {
  readonly device: { readonly limits: { readonly maxStorageBuffersPerShaderStage: number } }
}

/**
 * A sum of any number of tensors: in groups where a program cannot bind so many. The backend's own kernel binds all; beyond 7 the device
 * refuses that, and with it all else that waits to be computed.
 */
export function addN(own: tf.KernelConfig): tf.KernelConfig {
  return {
    kernelName: 'AddN',
    backendName: 'webgpu',
    kernelFunc({ inputs, backend }) {
      const gpu = backend as unknown as Backend
      const atOnce = gpu.device.limits.maxStorageBuffersPerShaderStage - 1
      const sum = (terms: readonly tf.TensorInfo[]): tf.TensorInfo => {
        if (terms.length <= atOnce) return own.kernelFunc({ inputs: terms as never, backend }) as tf.TensorInfo
        const sums = groupsOf(terms, atOnce).map(sum)
        const total = sum(sums)
        for (const { dataId } of sums) gpu.disposeData(dataId)
        return total
      }
      return sum(inputs as unknown as readonly tf.TensorInfo[])
    },
  }
}

function groupsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}
