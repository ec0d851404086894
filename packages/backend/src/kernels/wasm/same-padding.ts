import type * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeInfo } from './conv-attributes.ts'

/**
 * Wraps a convolution whose stride exceeds its filter. With padding `same`, no padding is needed there; XNNPACK then moves the windows, and the
 * original kernel gives other values than TensorFlow. The same padding in numbers is computed correctly.
 */
export function samePadding(original: tf.KernelConfig): tf.KernelConfig {
  const isDepthwise = original.kernelName.includes('Depthwise')
  return {
    ...original,
    kernelFunc(call) {
      const attrs = call.attrs as unknown as ConvAttributes
      if (attrs.pad !== 'same') return original.kernelFunc(call)
      const { x, filter } = call.inputs as Record<'x' | 'filter', tf.TensorInfo>
      const info = computeInfo(x.shape, filter.shape, attrs, isDepthwise)
      const isStrideLarger = info.strideHeight > info.filterHeight || info.strideWidth > info.filterWidth
      if (!isStrideLarger) return original.kernelFunc(call)
      const { top, bottom, left, right } = info.padInfo
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]
      return original.kernelFunc({ ...call, attrs: { ...call.attrs, pad } as unknown as tf.NamedAttrMap })
    },
  }
}
