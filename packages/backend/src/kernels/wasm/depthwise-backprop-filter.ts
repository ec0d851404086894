import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeGeometry } from './conv-attributes.ts'
import { viewNumbers } from './view-numbers.ts'

/**
 * Computes the gradient of a depthwise convolution by its filter, which backend wasm lacks. The work per number is so small that
 * plain loops are as fast as a composition of kernels.
 * x [batch, height, width, in], dy [batch, h, w, in * multiplier] -> [kh, kw, in, multiplier].
 */
export const depthwiseBackpropFilter: tf.KernelConfig = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  backendName: 'wasm',
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: nested loops over a tensor's axes; splitting them costs speed.
  kernelFunc({ inputs, attrs, backend }) {
    const wasm = backend as BackendWasm
    const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>
    const { filterShape, ...conv } = attrs as unknown as ConvAttributes & { readonly filterShape: readonly number[] }
    const { batch, inSize, outSize, kernel, strides, dilations, before, inChannels, outChannels } = computeGeometry(
      x.shape,
      filterShape,
      conv,
      true,
    )
    const multiplier = outChannels / inChannels
    const result = wasm.makeOutput([...filterShape], 'float32')
    const [xs, dys, gradient] = viewNumbers(wasm, [x, dy, result])
    const sums = new Float64Array(outChannels)

    for (let row = 0; row < kernel[0]; row++) {
      for (let column = 0; column < kernel[1]; column++) {
        sums.fill(0)
        for (let image = 0; image < batch; image++) {
          for (let outY = 0; outY < outSize[0]; outY++) {
            const inY = outY * strides[0] + row * dilations[0] - before[0]
            if (inY < 0 || inY >= inSize[0]) continue
            for (let outX = 0; outX < outSize[1]; outX++) {
              const inX = outX * strides[1] + column * dilations[1] - before[1]
              if (inX < 0 || inX >= inSize[1]) continue
              const from = ((image * inSize[0] + inY) * inSize[1] + inX) * inChannels
              const at = ((image * outSize[0] + outY) * outSize[1] + outX) * outChannels
              if (multiplier === 1) {
                for (let c = 0; c < inChannels; c++) {
                  sums[c] = (sums[c] as number) + (xs[from + c] as number) * (dys[at + c] as number)
                }
              } else {
                for (let o = 0; o < outChannels; o++) {
                  const value = xs[from + Math.floor(o / multiplier)] as number
                  sums[o] = (sums[o] as number) + value * (dys[at + o] as number)
                }
              }
            }
          }
        }
        gradient.set(sums, (row * kernel[1] + column) * outChannels)
      }
    }
    return result
  },
}
