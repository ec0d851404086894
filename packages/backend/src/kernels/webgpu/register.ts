import * as tf from '@tensorflow/tfjs-core'
import { facekpReplay } from '../../replay/replayer.ts'
import { facekpAdam } from './adam.ts'
import { addN } from './add-n.ts'

let registered = false

/** Registers kernels that backend webgpu lacks or has wrong. Call it once the backend is loaded; repeated calls do nothing. */
export function registerWebgpuKernels(): void {
  if (registered) return
  registered = true
  for (const kernel of [facekpAdam, facekpReplay, addN(tf.getKernel('AddN', 'webgpu'))]) {
    if (tf.getKernel(kernel.kernelName, 'webgpu')) tf.unregisterKernel(kernel.kernelName, 'webgpu')
    tf.registerKernel(kernel)
  }
}
