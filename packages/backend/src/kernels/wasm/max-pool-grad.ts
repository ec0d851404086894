import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { viewNumbers } from './view-numbers.ts'

interface PoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * Computes the gradient of max-pooling: each output's gradient goes to its first largest input, as in PyTorch. Reindices the
 * backend's kernel, which searches all outputs for every input.
 * input [batch, height, width, channels], dy [batch, h, w, channels] -> [batch, height, width, channels].
 */
export const maxPoolGrad: tf.KernelConfig = {
  kernelName: 'MaxPoolGrad',
  backendName: 'wasm',
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: nested loops over a tensor's axes; splitting them costs speed.
  kernelFunc({ inputs, attrs, backend }) {
    const wasm = backend as BackendWasm
    const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, inChannels } = info
    const result = wasm.makeOutput(input.shape, 'float32')
    const [dx, x, gradient] = viewNumbers(wasm, [result, input, dy])
    dx.fill(0)
    const largest = new Float32Array(inChannels)
    const indices = new Int32Array(inChannels)
    let at = 0
    for (let image = 0; image < batchSize; image++) {
      for (let outY = 0; outY < outHeight; outY++) {
        const top = outY * info.strideHeight - info.padInfo.top
        for (let outX = 0; outX < outWidth; outX++) {
          const left = outX * info.strideWidth - info.padInfo.left
          largest.fill(Number.NEGATIVE_INFINITY)
          indices.fill(-1)
          for (let y = Math.max(0, top); y < Math.min(inHeight, top + filterHeight); y++) {
            for (let column = Math.max(0, left); column < Math.min(inWidth, left + filterWidth); column++) {
              const from = ((image * inHeight + y) * inWidth + column) * inChannels
              for (let c = 0; c < inChannels; c++) {
                const value = x[from + c] as number
                if (value > (largest[c] as number)) {
                  largest[c] = value
                  indices[c] = from + c
                }
              }
            }
          }
          for (let c = 0; c < inChannels; c++, at++) {
            const index = indices[c] as number
            if (index >= 0) dx[index] = (dx[index] as number) + (gradient[at] as number)
          }
        }
      }
    }
    return result
  },
}
