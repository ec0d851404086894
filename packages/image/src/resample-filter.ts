/** Values of outer x length x inner, and the new length of the middle axis. */
export interface Axis {
  readonly outer: number
  readonly length: number
  readonly inner: number
  readonly newLength: number
}

/** For each output pixel, the input pixels under its triangle and their weights. */
export interface ResampleFilter {
  /** Number of input pixels, and the first of them. */
  readonly counts: Int32Array
  readonly starts: Int32Array
  /** `capacity` for each output pixel, a multiple of 4, of which the first ones are used; they add up to 1, the others are 0. */
  readonly weights: Float64Array
  readonly capacity: number
}

/** Computes the filter that resamples `length` pixels to `newLength`: a triangle as wide as two pixels of the coarser side. */
export function computeFilter(length: number, newLength: number): ResampleFilter {
  const scale = length / newLength
  const reach = Math.max(scale, 1)
  const capacity = 4 * Math.ceil((2 * reach + 1) / 4)
  const counts = new Int32Array(newLength)
  const starts = new Int32Array(newLength)
  const weights = new Float64Array(newLength * capacity)
  for (let target = 0; target < newLength; target++) {
    const center = (target + 0.5) * scale
    const start = Math.max(Math.trunc(center - reach + 0.5), 0)
    const count = Math.min(Math.trunc(center + reach + 0.5), length) - start
    const first = target * capacity
    let total = 0
    for (let k = 0; k < count; k++) {
      const weight = Math.max(1 - Math.abs((start + k - center + 0.5) / reach), 0)
      weights[first + k] = weight
      total += weight
    }
    for (let k = first; k < first + count; k++) weights[k] = (weights[k] as number) / total
    counts[target] = count
    starts[target] = start
  }
  return { counts, starts, weights, capacity }
}
