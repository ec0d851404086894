import * as tf from '@tensorflow/tfjs-core'

const filtersByBackend = new WeakMap<object, Map<string, tf.Tensor4D>>()

/**
 * Returns the outer product of two 1D filters as a depthwise filter, the same for each channel:
 * [rows, columns, channels, 1]. Cached for each backend, because backends pack filters or compile
 * them into programs and reuse those for the same tensor.
 */
export function cachedFilter(rows: readonly number[], columns: readonly number[], channels: number): tf.Tensor4D {
  const backend = tf.backend()
  let filters = filtersByBackend.get(backend)
  if (!filters) {
    filters = new Map()
    filtersByBackend.set(backend, filters)
  }
  const key = `${rows} x ${columns} x ${channels}`
  let filter = filters.get(key)
  if (!filter) {
    const taps = rows.flatMap((a) => columns.flatMap((b) => Array<number>(channels).fill(a * b)))
    filter = tf.keep(tf.tensor4d(taps, [rows.length, columns.length, channels, 1]))
    filters.set(key, filter)
  }
  return filter
}
