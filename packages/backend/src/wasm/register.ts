import * as tf from '@tensorflow/tfjs'
import { facekpAdam } from './adam.ts'
import { channelReduction } from './channel-reductions.ts'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2DBackpropInput } from './conv2d-backprop-input.ts'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.ts'
import { depthwiseBackpropInput } from './depthwise-backprop-input.ts'
import { identity } from './identity.ts'
import { matMul } from './mat-mul.ts'
import { maxPoolGrad } from './max-pool-grad.ts'

/** Kernels that backend wasm lacks, or whose own is slow whatever it is given. */
const KERNELS = [
  conv2DBackpropInput,
  conv2DBackpropFilter,
  depthwiseBackpropInput,
  depthwiseBackpropFilter,
  facekpAdam,
  identity,
  maxPoolGrad,
]

let registered = false

/** Gives backend wasm the kernels that training needs and it lacks or has slow. May be called again. */
export function registerWasmKernels(): void {
  if (registered) return
  registered = true
  const own = (name: string): tf.KernelConfig => tf.getKernel(name, 'wasm')
  const wrapped = [channelReduction(own('Sum')), channelReduction(own('Mean')), matMul(own('BatchMatMul'))]
  for (const kernel of [...KERNELS, ...wrapped]) {
    if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm')
    tf.registerKernel(kernel)
  }
}
