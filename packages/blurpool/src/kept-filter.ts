import * as tf from '@tensorflow/tfjs'

const kept = new WeakMap<object, Map<string, tf.Tensor4D>>()

/**
 * The product of two lines of taps as the filter of a depthwise convolution, the same for each channel:
 * [rows, columns, channels, 1]. It is made once for a backend and kept, some hundred numbers: backends pack filters, or build them into
 * their programs, for as long as they are the very same tensors.
 */
export function cachedFilter(rows: readonly number[], columns: readonly number[], channels: number): tf.Tensor4D {
  const backend = tf.backend()
  let own = kept.get(backend)
  if (!own) {
    own = new Map()
    kept.set(backend, own)
  }
  const key = `${rows} x ${columns} x ${channels}`
  let filter = own.get(key)
  if (!filter) {
    const taps = rows.flatMap((a) => columns.flatMap((b) => Array<number>(channels).fill(a * b)))
    filter = tf.keep(tf.tensor4d(taps, [rows.length, columns.length, channels, 1]))
    own.set(key, filter)
  }
  return filter
}
