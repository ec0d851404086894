import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, type ConvGeometry, computeGeometry } from './conv-attributes.ts'
import { runInScope, type Scope } from './scope.ts'

/** From this number of input and output channels, a matrix product for each tap is faster than one convolution. */
const MATRIX_CHANNELS = 64

/**
 * Computes the gradient of a convolution by its filter, which backend wasm lacks:
 * dW[ky, kx, i, o] = sum over batch and output of x[.., y stride + ky dilation - before, .., i] dy[.., y, x, o].
 * x [batch, height, width, in], dy [batch, h, w, out] -> [kh, kw, in, out].
 */
export const conv2DBackpropFilter: tf.KernelConfig = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>
    const { filterShape, ...conv } = attrs as unknown as ConvAttributes & { readonly filterShape: readonly number[] }
    const geometry = computeGeometry(x.shape, filterShape, conv)
    const { kernel, outSize, inChannels, outChannels } = geometry
    const byMatrices = kernel[0] * kernel[1] === 1 || (inChannels >= MATRIX_CHANNELS && outChannels >= MATRIX_CHANNELS)
    return runInScope(backend as BackendWasm, (scope) => {
      if (outSize.includes(0)) return scope.zeros(filterShape)
      return (byMatrices ? multiplyPerTap : convolveOnce)(scope, x, dy, geometry)
    })
  },
}

/** Multiplies x^T dy for each tap, x cropped to the inputs that the tap reads. */
function multiplyPerTap(scope: Scope, x: tf.TensorInfo, dy: tf.TensorInfo, geometry: ConvGeometry): tf.TensorInfo {
  const { batch, kernel, outSize, inChannels, outChannels } = geometry
  const positions = batch * outSize[0] * outSize[1]
  // [in, batch, height, width]: each row of the left matrix (one channel, all inputs of a tap) is contiguous.
  const channelsFirst = scope.run('Transpose', { x: padInput(scope, x, geometry) }, { perm: [3, 0, 1, 2] })
  const left = scope.make([1, inChannels, positions])
  const right = scope.reshape(dy, [1, positions, outChannels])
  const result = scope.make([...kernel, inChannels, outChannels])
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const [numbers, window] = scope.numbers(channelsFirst, left)
      copyWindow({ numbers, shape: channelsFirst.shape }, window, geometry, [row, column])
      const product = scope.run('BatchMatMul', { a: left, b: right }, { transposeA: false, transposeB: false })
      const at = (row * kernel[1] + column) * inChannels * outChannels
      const [gradient, part] = scope.numbers(result, product)
      gradient.set(part, at)
    }
  }
  return result
}

/** Copies the inputs of a tap from x [in, batch, height, width] to [in, batch, h, w]. */
function copyWindow(
  { numbers: x, shape: [, , height, width] }: { readonly numbers: Float32Array; readonly shape: readonly number[] },
  window: Float32Array,
  { batch, inChannels, outSize, strides, dilations }: ConvGeometry,
  [row, column]: readonly [row: number, column: number],
): void {
  let to = 0
  for (let plane = 0; plane < inChannels * batch; plane++) {
    for (let y = 0; y < outSize[0]; y++) {
      let from = (plane * (height as number) + y * strides[0] + row * dilations[0]) * (width as number)
      from += column * dilations[1]
      for (let end = to + outSize[1]; to < end; to++, from += strides[1]) window[to] = x[from] as number
    }
  }
}

/** Computes one convolution with batch and channels swapped: x as [in, height, width, batch] and dy as a large filter. */
function convolveOnce(scope: Scope, x: tf.TensorInfo, dy: tf.TensorInfo, geometry: ConvGeometry): tf.TensorInfo {
  const { kernel, strides, dilations, inChannels, outChannels } = geometry
  const input = scope.run('Transpose', { x: padInput(scope, x, geometry) }, { perm: [3, 1, 2, 0] })
  const filter = scope.run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] })
  // [in, kh, kw, out], with an extra row or column if a stride skips the end of x.
  const taps = scope.run(
    'Conv2D',
    { x: input, filter },
    { strides: dilations, dilations: strides, pad: 'valid', dataFormat: 'NHWC' },
  )
  const needed = scope.run('Slice', { x: taps }, { begin: [0, 0, 0, 0], size: [inChannels, ...kernel, outChannels] })
  return scope.run('Transpose', { x: needed }, { perm: [1, 2, 0, 3] })
}

/** Pads x with zeros so that every tap reads within it. */
function padInput(
  scope: Scope,
  x: tf.TensorInfo,
  { inSize, outSize, kernel, strides, dilations, before }: ConvGeometry,
): tf.TensorInfo {
  const after = [0, 1].map((axis) => {
    const side = axis as 0 | 1
    const extent = (outSize[side] - 1) * strides[side] + (kernel[side] - 1) * dilations[side] + 1
    return Math.max(0, extent - inSize[side] - before[side])
  }) as [number, number]
  if (before[0] === 0 && before[1] === 0 && after[0] === 0 && after[1] === 0) return x
  return scope.run(
    'PadV2',
    { x },
    {
      paddings: [
        [0, 0],
        [before[0], after[0]],
        [before[1], after[1]],
        [0, 0],
      ],
      constantValue: 0,
    },
  )
}
