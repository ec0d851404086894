import type * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type ConvAttributes, geometryOf } from './conv-attributes.ts'
import { fewChannelsGradient } from './few-channels-gradient.ts'
import { inputGradient } from './input-gradient.ts'
import type { Phase } from './phases.ts'
import { type Scope, scoped } from './scope.ts'

/** Up to so many channels of the input, a product of matrices is faster than convolutions. */
const FEW_CHANNELS = 4

/**
 * In place of the backend's own plain loop: convolutions of dy, which the backend has fast ones for.
 * dy [batch, h, w, out], filter [kh, kw, in, out] -> [batch, height, width, in].
 */
export const conv2DBackpropInput: tf.KernelConfig = {
  kernelName: 'Conv2DBackpropInput',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>
    const { inputShape, ...conv } = attrs as unknown as ConvAttributes & { readonly inputShape: readonly number[] }
    const geometry = geometryOf(inputShape, filter.shape, conv)
    return scoped(backend as BackendWasm, (scope) =>
      geometry.inChannels <= FEW_CHANNELS
        ? fewChannelsGradient(scope, dy, filter, geometry)
        : inputGradient(
            scope,
            dy,
            geometry,
            'Conv2D',
            (rows, columns) => turned(scope, filter, rows, columns),
            geometry.inChannels,
          ),
    )
  },
}

/** The taps of a phase, inputs and outputs exchanged: [taps, taps, out, in]. */
function turned(scope: Scope, filter: tf.TensorInfo, rows: Phase, columns: Phase): tf.TensorInfo {
  const [, width, inputs, outputs] = filter.shape as [number, number, number, number]
  const result = scope.make([rows.taps.length, columns.taps.length, outputs, inputs])
  const [from, to] = [scope.numbers(filter), scope.numbers(result)]
  let at = 0
  for (const row of rows.taps) {
    for (const column of columns.taps) {
      transpose(from, (row * width + column) * inputs * outputs, to, at, inputs, outputs)
      at += inputs * outputs
    }
  }
  return result
}

const BLOCK = 16

/** to[b, a] = from[a, b], in blocks that stay in the cache. */
function transpose(from: Float32Array, fromAt: number, to: Float32Array, toAt: number, a: number, b: number): void {
  for (let blockA = 0; blockA < a; blockA += BLOCK) {
    const endA = Math.min(blockA + BLOCK, a)
    for (let j = 0; j < b; j++) {
      for (let i = blockA; i < endA; i++) to[toAt + j * a + i] = from[fromAt + i * b + j] as number
    }
  }
}
