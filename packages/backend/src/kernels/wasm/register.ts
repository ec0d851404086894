import * as tf from '@tensorflow/tfjs-core'
import { facekpAdam } from './adam.ts'
import { channelReduction } from './channel-reductions.ts'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2DBackpropInput } from './conv2d-backprop-input.ts'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.ts'
import { depthwiseBackpropInput } from './depthwise-backprop-input.ts'
import { fitWindows } from './fit-windows.ts'
import { fusedMatMul } from './fused-mat-mul.ts'
import { identity } from './identity.ts'
import { matMul } from './mat-mul.ts'
import { maxPoolGrad } from './max-pool-grad.ts'
import { prelu, splitPrelu } from './prelu.ts'
import { samePadding } from './same-padding.ts'

/** Kernels that backend wasm lacks or that are slow for all inputs. */
const KERNELS = [
  conv2DBackpropInput,
  conv2DBackpropFilter,
  depthwiseBackpropInput,
  depthwiseBackpropFilter,
  facekpAdam,
  identity,
  maxPoolGrad,
]

/** Convolutions with padding that XNNPACK computes by itself. */
const CONVOLUTIONS = ['Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D']

const POOLS = ['MaxPool', 'AvgPool']

/** Kernels whose results are wrong; without them, TensorFlow.js says that the backend lacks them. */
const INCORRECT = ['Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2']

let registered = false

/** Registers kernels that backend wasm lacks, has only in slow form or computes incorrectly. Repeated calls do nothing. */
export function registerWasmKernels(): void {
  if (registered) return
  registered = true
  const getOriginal = (name: string): tf.KernelConfig => tf.getKernel(name, 'wasm')
  const wrapped = [
    channelReduction(getOriginal('Sum')),
    channelReduction(getOriginal('Mean')),
    matMul(getOriginal('BatchMatMul')),
    prelu(getOriginal('Prelu')),
    splitPrelu(fusedMatMul(getOriginal('_FusedMatMul'))),
    ...CONVOLUTIONS.map((name) => splitPrelu(fitWindows(samePadding(getOriginal(name))))),
    ...POOLS.map((name) => fitWindows(getOriginal(name))),
  ]
  for (const name of INCORRECT) tf.unregisterKernel(name, 'wasm')
  for (const kernel of [...KERNELS, ...wrapped]) {
    if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm')
    tf.registerKernel(kernel)
  }
}
