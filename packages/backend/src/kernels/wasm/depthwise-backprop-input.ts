import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { type ConvAttributes, computeGeometry } from './conv-attributes.ts'
import { inputGradient } from './input-gradient.ts'
import type { Phase } from './phases.ts'
import { runInScope, type Scope } from './scope.ts'

/**
 * Computes the gradient of a depthwise convolution by its input, which backend wasm lacks: depthwise convolutions of dy, summed over the
 * multiplier. dy [batch, h, w, in * multiplier], filter [kh, kw, in, multiplier] -> [batch, height, width, in].
 */
export const depthwiseBackpropInput: tf.KernelConfig = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>
    const { inputShape, ...conv } = attrs as unknown as ConvAttributes & { readonly inputShape: readonly number[] }
    const geometry = computeGeometry(inputShape, filter.shape, conv, true)
    return runInScope(backend as BackendWasm, (scope) => {
      const { inChannels, outChannels } = geometry
      const multiplier = outChannels / inChannels
      const each = inputGradient(scope, dy, geometry, {
        kernelName: 'DepthwiseConv2dNative',
        channels: outChannels,
        getFilter: (rows, columns) => selectTaps(scope, filter, rows, columns),
      })
      if (multiplier === 1) return each
      const split = scope.reshape(each, [inputShape.slice(0, 3).reduce((a, b) => a * b) * inChannels, multiplier])
      return scope.reshape(scope.run('Sum', { x: split }, { axis: [1], keepDims: false }), inputShape)
    })
  },
}

/** Selects the taps of a phase: [taps, taps, in * multiplier, 1]. */
function selectTaps(scope: Scope, filter: tf.TensorInfo, rows: Phase, columns: Phase): tf.TensorInfo {
  const [, width, inputs, multiplier] = filter.shape as [number, number, number, number]
  const channels = inputs * multiplier
  const result = scope.make([rows.taps.length, columns.taps.length, channels, 1])
  const [from, to] = scope.numbers(filter, result)
  let at = 0
  for (const row of rows.taps) {
    for (const column of columns.taps) {
      const start = (row * width + column) * channels
      to.set(from.subarray(start, start + channels), at)
      at += channels
    }
  }
  return result
}
