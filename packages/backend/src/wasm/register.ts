import * as tf from '@tensorflow/tfjs'
import { facekpAdam } from './adam.ts'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2DBackpropInput } from './conv2d-backprop-input.ts'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.ts'
import { depthwiseBackpropInput } from './depthwise-backprop-input.ts'

const KERNELS = [conv2DBackpropInput, conv2DBackpropFilter, depthwiseBackpropInput, depthwiseBackpropFilter, facekpAdam]

/** Gives engine wasm the kernels that training needs and it lacks or has slow. May be called again. */
export function registerWasmKernels(): void {
  for (const kernel of KERNELS) {
    if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm')
    tf.registerKernel(kernel)
  }
}
