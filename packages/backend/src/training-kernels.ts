import { FacekpError } from '@facekp/core'
import { registerGradients } from '@facekp/gradients'
import * as tf from '@tensorflow/tfjs-core'
import { registerWasmKernels } from './kernels/wasm/register.ts'
import { registerWebgpuKernels } from './kernels/webgpu/register.ts'

/** Kernels that each backend lacks or has wrong. */
const REGISTER: Readonly<Record<string, () => void>> = { wasm: registerWasmKernels, webgpu: registerWebgpuKernels }

/**
 * Prepares the current backend of TensorFlow.js for training: adds the kernels that it lacks and replaces incorrect or slow gradients.
 * {@link useBackend} does this by itself; call it after `tf.setBackend`. Repeated calls do nothing.
 *
 * @throws FacekpError `BACKEND_UNAVAILABLE` if no backend is selected
 * @example
 * ```ts
 * import { registerTrainingKernels } from '@facekp/backend'
 * import * as tf from '@tensorflow/tfjs'
 * import '@tensorflow/tfjs-backend-wasm'
 *
 * await tf.setBackend('wasm')
 * registerTrainingKernels()
 * ```
 */
export function registerTrainingKernels(): void {
  const name = tf.getBackend()
  if (!name) {
    throw new FacekpError({
      code: 'BACKEND_UNAVAILABLE',
      problem: 'no backend of TensorFlow.js is selected',
      expected: "await tf.setBackend('wasm') before registerTrainingKernels(), or useBackend alone",
    })
  }
  REGISTER[name]?.()
  registerGradients()
}
