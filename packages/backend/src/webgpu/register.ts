import * as tf from '@tensorflow/tfjs'
import { facekpAdam } from './adam.ts'
import { addN } from './add-n.ts'

let registered = false

/** Gives backend webgpu, once it is loaded, the kernels that training needs and it lacks or has wrong. May be called again. */
export function registerWebgpuKernels(): void {
  if (registered) return
  registered = true
  for (const kernel of [facekpAdam, addN(tf.getKernel('AddN', 'webgpu'))]) {
    if (tf.getKernel(kernel.kernelName, 'webgpu')) tf.unregisterKernel(kernel.kernelName, 'webgpu')
    tf.registerKernel(kernel)
  }
}
