import { checkWindow } from '@facekp/tfjs-utils'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeInfo } from './conv-attributes.ts'
import { runInScope } from './scope.ts'

type Attributes = ConvAttributes & { readonly filterSize: number | [number, number] }

type Inputs = Readonly<Record<'x', tf.TensorInfo>> & Readonly<Partial<Record<'filter', tf.TensorInfo>>>

/**
 * Wraps a convolution or pool. XNNPACK computes the windows that fit into the padded image. TensorFlow.js has another number of them where it
 * rounds up, or takes one number as padding with a window that is not square: the original kernel would read and write foreign memory. Then
 * the image is padded or cut off at its end such that all windows fit exactly.
 *
 * A window that exceeds the image is an error. If it does by less than a stride, the result is empty, as on the other backends.
 */
export function fitWindows(original: tf.KernelConfig): tf.KernelConfig {
  const isDepthwise = original.kernelName.includes('Depthwise')
  return {
    ...original,
    kernelFunc(call) {
      const attrs = call.attrs as unknown as Attributes
      // With padding 'same', each window fits.
      if (attrs.pad === 'same') return original.kernelFunc(call)
      const { x, filter } = call.inputs as unknown as Inputs
      const info = filter ? computeInfo(x.shape, filter.shape, attrs, isDepthwise) : computePoolInfo(x.shape, attrs)
      checkWindow(info)
      const backend = call.backend as BackendWasm
      if (info.outHeight === 0 || info.outWidth === 0) return backend.makeOutput(info.outShape, 'float32')
      const rows = countExcess(info, 'Height')
      const columns = countExcess(info, 'Width')
      const fits = rows <= 0 && rows > -info.strideHeight && columns <= 0 && columns > -info.strideWidth
      if (fits) return original.kernelFunc(call)
      const { top, bottom, left, right } = info.padInfo
      const pad = [
        [0, 0],
        [top, Math.max(0, bottom + rows)],
        [left, Math.max(0, right + columns)],
        [0, 0],
      ]
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const size = [batch, height + Math.min(0, bottom + rows), width + Math.min(0, right + columns), channels]
      return runInScope(backend, (scope) => {
        const image = scope.run('Slice', { x }, { begin: [0, 0, 0, 0], size })
        const attributes = { ...call.attrs, pad } as unknown as tf.NamedAttrMap
        return scope.track(
          original.kernelFunc({ ...call, inputs: { ...call.inputs, x: image }, attrs: attributes }) as tf.TensorInfo,
        )
      })
    },
  }
}

/** Counts the rows or columns by which the last window exceeds the padded image; negative if it ends before. */
function countExcess(info: tf.backend_util.Conv2DInfo, side: 'Height' | 'Width'): number {
  const { top, bottom, left, right } = info.padInfo
  const padding = side === 'Height' ? top + bottom : left + right
  return (info[`out${side}`] - 1) * info[`stride${side}`] + info[`effectiveFilter${side}`] - info[`in${side}`] - padding
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
