import type * as tf from '@tensorflow/tfjs-core'
import type { ConvGeometry } from './conv-attributes.ts'
import type { Scope } from './scope.ts'

/**
 * Computes the gradient of a convolution by an input of few channels, such as an image: one matrix product of dy [positions, out]
 * and the transposed filter [out, taps * in], scattered to the input. (A convolution with one output channel would leave most SIMD
 * lanes idle.)
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: nested loops over a tensor's axes; splitting them costs speed.
export function fewChannelsGradient(
  scope: Scope,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  { batch, inSize, outSize, kernel, strides, dilations, before, inChannels, outChannels }: ConvGeometry,
): tf.TensorInfo {
  const taps = kernel[0] * kernel[1] * inChannels
  const positions = batch * outSize[0] * outSize[1]
  const left = scope.reshape(dy, [1, positions, outChannels])
  const flat = scope.reshape(filter, [taps, outChannels])
  const right = scope.reshape(scope.run('Transpose', { x: flat }, { perm: [1, 0] }), [1, outChannels, taps])
  const product = scope.run('BatchMatMul', { a: left, b: right }, { transposeA: false, transposeB: false })
  const result = scope.zeros([batch, ...inSize, inChannels])
  const [dx, contributions] = scope.numbers(result, product)
  let at = 0
  for (let image = 0; image < batch; image++) {
    for (let outY = 0; outY < outSize[0]; outY++) {
      for (let outX = 0; outX < outSize[1]; outX++) {
        for (let row = 0; row < kernel[0]; row++) {
          const y = outY * strides[0] + row * dilations[0] - before[0]
          if (y < 0 || y >= inSize[0]) {
            at += kernel[1] * inChannels
            continue
          }
          for (let column = 0; column < kernel[1]; column++) {
            const x = outX * strides[1] + column * dilations[1] - before[1]
            if (x < 0 || x >= inSize[1]) {
              at += inChannels
              continue
            }
            const to = ((image * inSize[0] + y) * inSize[1] + x) * inChannels
            for (let c = 0; c < inChannels; c++, at++)
              dx[to + c] = (dx[to + c] as number) + (contributions[at] as number)
          }
        }
      }
    }
  }
  return result
}
