import { checkWindow } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type { Operation } from '../../lowering/value.ts'
import type { OnnxBackend } from '../../onnx-backend.ts'
import { applyBiasAndActivation } from '../bias-and-activation.ts'
import { areFloats, type Kernel, type KernelAttributes } from '../kernel.ts'
import { isRegular, toWindow } from '../window.ts'
import { convolution } from './convolution.ts'
import { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.ts'
import { filterGradient } from './filter-gradient/filter-gradient.ts'
import { inputGradient } from './input-gradient/input-gradient.ts'

type Inputs = Readonly<Record<'x' | 'filter' | 'dy', tf.TensorInfo>>

/** The shapes of a convolution's input and filter. */
interface Shapes {
  readonly input: readonly number[]
  readonly filter: readonly number[]
}

function computeInfo(
  { input, filter }: Shapes,
  { strides, dilations, pad, dimRoundingMode, dataFormat }: KernelAttributes,
  isDepthwise: boolean,
): tf.backend_util.Conv2DInfo {
  const info = tf.backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  )
  checkWindow(info)
  return info
}

function areChannelsLast(inputs: readonly tf.TensorInfo[], { dataFormat }: KernelAttributes): boolean {
  return areFloats(inputs) && (dataFormat ?? 'NHWC') === 'NHWC'
}

/** Makes the kernels of a convolution: plain, and fused with bias and activation. */
function forwardKernels(
  name: string,
  fusedName: string,
  operation: Operation,
  isDepthwise: boolean,
): readonly Kernel[] {
  const convolve = (
    backend: OnnxBackend,
    inputs: Readonly<Record<string, tf.TensorInfo>>,
    attributes: KernelAttributes,
  ): tf.TensorInfo => {
    const { x, filter } = inputs as Inputs
    const info = computeInfo({ input: x.shape, filter: filter.shape }, attributes, isDepthwise)
    return backend.record(operation, [x, filter], { attributes: toWindow(info), shape: info.outShape })
  }
  const supports: Kernel['supports'] = (inputs, attributes) => {
    const [x, filter] = inputs as [tf.TensorInfo, tf.TensorInfo]
    const shapes = { input: x.shape, filter: filter.shape }
    return areChannelsLast(inputs, attributes) && isRegular(computeInfo(shapes, attributes, isDepthwise))
  }
  return [
    { name, supports, record: convolve },
    {
      name: fusedName,
      supports,
      record: (backend, inputs, attributes) =>
        applyBiasAndActivation(backend, convolve(backend, inputs, attributes), inputs, attributes),
    },
  ]
}

/** Returns whether the gradient is computed here. If dy is larger than the output, backend cpu uses a part of it. */
function supportsGradient(info: tf.backend_util.Conv2DInfo, dy: tf.TensorInfo): boolean {
  return isRegular(info) && tf.util.arraysEqual(info.outShape, dy.shape)
}

function inputGradientKernel(name: string, operation: Operation, isDepthwise: boolean): Kernel {
  return {
    name,
    supports: (inputs, attributes) => {
      if (!areChannelsLast(inputs, attributes)) return false
      const [dy, filter] = inputs as [tf.TensorInfo, tf.TensorInfo]
      const shapes = { input: attributes['inputShape'], filter: filter.shape }
      return supportsGradient(computeInfo(shapes, attributes, isDepthwise), dy)
    },
    record: (backend, inputs, attributes) => {
      const { dy, filter } = inputs as Inputs
      const shape = attributes['inputShape'] as number[]
      const info = computeInfo({ input: shape, filter: filter.shape }, attributes, isDepthwise)
      return backend.record(operation, [dy, filter], { attributes: toWindow(info), shape })
    },
  }
}

function filterGradientKernel(name: string, operation: Operation, isDepthwise: boolean): Kernel {
  return {
    name,
    supports: (inputs, attributes) => {
      if (!areChannelsLast(inputs, attributes)) return false
      const [x, dy] = inputs as [tf.TensorInfo, tf.TensorInfo]
      const shapes = { input: x.shape, filter: attributes['filterShape'] }
      return supportsGradient(computeInfo(shapes, attributes, isDepthwise), dy)
    },
    record: (backend, inputs, attributes) => {
      const { x, dy } = inputs as Inputs
      const shape = attributes['filterShape'] as number[]
      const info = computeInfo({ input: x.shape, filter: shape }, attributes, isDepthwise)
      return backend.record(operation, [x, dy], { attributes: toWindow(info), shape })
    },
  }
}

/** Convolutions and their gradients. */
export const CONVOLUTION_KERNELS: readonly Kernel[] = [
  ...forwardKernels('Conv2D', 'FusedConv2D', convolution, false),
  inputGradientKernel('Conv2DBackpropInput', inputGradient, false),
  filterGradientKernel('Conv2DBackpropFilter', filterGradient, false),
  ...forwardKernels('DepthwiseConv2dNative', 'FusedDepthwiseConv2D', depthwise, true),
  inputGradientKernel('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient, true),
  filterGradientKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient, true),
]
