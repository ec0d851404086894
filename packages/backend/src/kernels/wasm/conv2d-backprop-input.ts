import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeGeometry } from './conv-attributes.ts'
import { fewChannelsGradient } from './few-channels-gradient.ts'
import { inputGradient } from './input-gradient.ts'
import type { Phase } from './phases.ts'
import { runInScope, type Scope } from './scope.ts'

/** Up to this number of input channels, a matrix product is faster than convolutions. */
const FEW_CHANNELS = 4

/**
 * Computes the gradient of a convolution by its input from fast convolutions of dy, in place of the backend's plain loop.
 * dy [batch, h, w, out], filter [kh, kw, in, out] -> [batch, height, width, in].
 */
export const conv2DBackpropInput: tf.KernelConfig = {
  kernelName: 'Conv2DBackpropInput',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>
    const { inputShape, ...conv } = attrs as unknown as ConvAttributes & { readonly inputShape: readonly number[] }
    const geometry = computeGeometry(inputShape, filter.shape, conv)
    return runInScope(backend as BackendWasm, (scope) =>
      geometry.inChannels <= FEW_CHANNELS
        ? fewChannelsGradient(scope, dy, filter, geometry)
        : inputGradient(scope, dy, geometry, {
            kernelName: 'Conv2D',
            channels: geometry.inChannels,
            getFilter: (rows, columns) => transposeTaps(scope, filter, rows, columns),
          }),
    )
  },
}

/** Selects the taps of a phase and swaps inputs and outputs: [taps, taps, out, in]. */
function transposeTaps(scope: Scope, filter: tf.TensorInfo, rows: Phase, columns: Phase): tf.TensorInfo {
  const [, width, inputs, outputs] = filter.shape as [number, number, number, number]
  const result = scope.make([rows.taps.length, columns.taps.length, outputs, inputs])
  const [from, to] = scope.numbers(filter, result)
  const count = inputs * outputs
  let at = 0
  for (const row of rows.taps) {
    for (const column of columns.taps) {
      const start = (row * width + column) * count
      transpose(from.subarray(start, start + count), to.subarray(at, at + count), inputs, outputs)
      at += count
    }
  }
  return result
}

const BLOCK = 16

/** Transposes to[b, a] = from[a, b] in blocks that fit the cache. */
function transpose(from: Float32Array, to: Float32Array, a: number, b: number): void {
  for (let blockA = 0; blockA < a; blockA += BLOCK) {
    const endA = Math.min(blockA + BLOCK, a)
    for (let j = 0; j < b; j++) {
      for (let i = blockA; i < endA; i++) to[j * a + i] = from[i * b + j] as number
    }
  }
}
