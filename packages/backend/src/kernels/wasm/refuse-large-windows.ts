import { checkWindow } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type { ConvAttributes } from './conv-attributes.ts'

type Shape = [number, number, number, number]
type Attributes = ConvAttributes & { readonly filterSize: number | [number, number] }

/** Wraps a convolution or pool, which would read and write foreign memory if its window exceeds the image. */
export function refuseLargeWindows(original: tf.KernelConfig): tf.KernelConfig {
  const isDepthwise = original.kernelName.includes('Depthwise')
  return {
    ...original,
    kernelFunc(call) {
      const { x, filter } = call.inputs as { readonly x: tf.TensorInfo; readonly filter?: tf.TensorInfo }
      const { filterSize, strides, dilations, pad, dimRoundingMode, dataFormat } = call.attrs as unknown as Attributes
      const { computeConv2DInfo, computePool2DInfo, convertConv2DDataFormat } = tf.backend_util
      const layout = [pad, dimRoundingMode] as const
      const format = convertConv2DDataFormat(dataFormat ?? 'NHWC')
      const image = x.shape as Shape
      checkWindow(
        filter
          ? computeConv2DInfo(image, filter.shape as Shape, strides, dilations ?? 1, ...layout, isDepthwise, format)
          : computePool2DInfo(image, filterSize, strides, 1, ...layout, format),
      )
      return original.kernelFunc(call)
    },
  }
}
