import type * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

interface ReductionAttributes {
  /** null is all of them. */
  readonly axis: number | readonly number[] | null
  readonly keepDims: boolean
}

/**
 * `Sum` or `Mean` over all axes but the last, as batch normalization and biases need it: one pass over the numbers as they lie.
 * The backend's own, which is left every other case, turns them round in memory first.
 */
export function channelReduction(own: tf.KernelConfig): tf.KernelConfig {
  return {
    ...own,
    kernelFunc(call) {
      const { x } = call.inputs as Record<'x', tf.TensorInfo>
      const { axis, keepDims } = call.attrs as unknown as ReductionAttributes
      if (x.dtype !== 'float32' || !allButLast(axis, x.shape.length)) return own.kernelFunc(call)
      const wasm = call.backend as BackendWasm
      const channels = x.shape.at(-1) as number
      const result = wasm.makeOutput([...(keepDims ? x.shape.slice(0, -1).fill(1) : []), channels], 'float32')
      const values = wasm.typedArrayFromHeap(x) as Float32Array
      const sums = columnSums(values, channels)
      const divisor = own.kernelName === 'Mean' ? values.length / channels : 1
      const reduced = wasm.typedArrayFromHeap(result) as Float32Array
      for (let c = 0; c < channels; c++) reduced[c] = (sums[c] as number) / divisor
      return result
    },
  }
}

function allButLast(axis: number | readonly number[] | null, rank: number): boolean {
  if (axis === null) return false
  const axes = new Set([axis].flat().map((index) => ((index as number) + rank) % rank))
  return rank > 1 && axes.size === rank - 1 && !axes.has(rank - 1)
}

/** Sums of the columns of a matrix of this many columns; four rows at a time, so that sums are fetched and put back less often. */
function columnSums(values: Float32Array, columns: number): Float64Array {
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
