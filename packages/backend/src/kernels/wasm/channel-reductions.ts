import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { viewNumbers } from './view-numbers.ts'

interface ReductionAttributes {
  /** Reduced axes; null means all. */
  readonly axis: number | readonly number[] | null
  readonly keepDims: boolean
}

/**
 * Wraps `Sum` or `Mean`: reduces all axes but the last (batch normalization, biases) in one pass without a transpose.
 * All other cases go to the original kernel.
 */
export function channelReduction(original: tf.KernelConfig): tf.KernelConfig {
  return {
    ...original,
    kernelFunc(call) {
      const { x } = call.inputs as Record<'x', tf.TensorInfo>
      const { axis, keepDims } = call.attrs as unknown as ReductionAttributes
      if (x.dtype !== 'float32' || !reducesAllButLast(axis, x.shape.length)) return original.kernelFunc(call)
      const wasm = call.backend as BackendWasm
      const channels = x.shape.at(-1) as number
      const result = wasm.makeOutput([...(keepDims ? x.shape.slice(0, -1).fill(1) : []), channels], 'float32')
      const [values, reduced] = viewNumbers(wasm, [x, result])
      const sums = sumColumns(values, channels)
      const divisor = original.kernelName === 'Mean' ? values.length / channels : 1
      for (let c = 0; c < channels; c++) reduced[c] = (sums[c] as number) / divisor
      return result
    },
  }
}

function reducesAllButLast(axis: number | readonly number[] | null, rank: number): boolean {
  if (axis === null) return false
  const axes = new Set([axis].flat().map((index) => ((index as number) + rank) % rank))
  return rank > 1 && axes.size === rank - 1 && !axes.has(rank - 1)
}

/** Sums the columns of a row-major matrix, four rows at a time to save loads and stores of the sums. */
function sumColumns(values: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  const fours = values.length - (values.length % (4 * columns))
  let i = 0
  for (; i < fours; i += 3 * columns) {
    for (let c = 0; c < columns; c++, i++) {
      const pair = (values[i] as number) + (values[i + columns] as number)
      const other = (values[i + 2 * columns] as number) + (values[i + 3 * columns] as number)
      sums[c] = (sums[c] as number) + (pair + other)
    }
  }
  for (; i < values.length; i += columns) {
    for (let c = 0; c < columns; c++) sums[c] = (sums[c] as number) + (values[i + c] as number)
  }
  return sums
}
