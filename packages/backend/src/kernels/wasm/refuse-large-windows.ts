import { checkWindow } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeInfo } from './conv-attributes.ts'

type Attributes = ConvAttributes & { readonly filterSize: number | [number, number] }

/** Wraps a convolution or pool, which would read and write foreign memory if its window exceeds the image. */
export function refuseLargeWindows(original: tf.KernelConfig): tf.KernelConfig {
  const isDepthwise = original.kernelName.includes('Depthwise')
  return {
    ...original,
    kernelFunc(call) {
      const attrs = call.attrs as unknown as Attributes
      const { x, filter } = call.inputs as { readonly x: tf.TensorInfo; readonly filter?: tf.TensorInfo }
      // With padding 'same', each window fits.
      if (attrs.pad !== 'same') {
        checkWindow(filter ? computeInfo(x.shape, filter.shape, attrs, isDepthwise) : computePoolInfo(x.shape, attrs))
      }
      return original.kernelFunc(call)
    },
  }
}

function computePoolInfo(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode, dataFormat }: Attributes,
): tf.backend_util.Conv2DInfo {
  const { computePool2DInfo, convertConv2DDataFormat } = tf.backend_util
  const image = shape as [number, number, number, number]
  const format = convertConv2DDataFormat(dataFormat ?? 'NHWC')
  return computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode, format)
}
