import { FacekpError } from '@facekp/core'
import type { BlurPadding } from './options.ts'

/** What is done along one axis: a border is added, then each `stride`-th window weighed by the filter. */
export interface AxisWindow {
  readonly filter: readonly number[]
  readonly stride: number
  readonly before: number
  readonly after: number
  readonly padding: BlurPadding
}

/** Leaves an axis as it is. */
export const UNTOUCHED: AxisWindow = { filter: [1], stride: 1, before: 0, after: 0, padding: 'zero' }

export function isUntouched({ filter, stride, before, after }: AxisWindow): boolean {
  return filter.length === 1 && stride === 1 && before === 0 && after === 0
}

/** How many windows there are. Throws `BLUR_SIZE` where the map is too small for the border or for one window. */
export function windowCount(length: number, { filter, stride, before, after, padding }: AxisWindow): number {
  const widest = Math.max(before, after)
  if (padding === 'reflect' && widest >= length) {
    throw new FacekpError({
      code: 'BLUR_SIZE',
      problem: `a side cannot be reflected by ${widest}`,
      received: `a side of ${length}`,
      expected: `a side of ${widest + 1} or more, or padding 'replicate' or 'zero'`,
    })
  }
  const padded = length + before + after
  if (length < 1 || padded < filter.length) {
    throw new FacekpError({
      code: 'BLUR_SIZE',
      problem: `a filter of ${filter.length} does not fit`,
      received: `a side of ${length}, with its border ${padded}`,
      expected: `a side of ${Math.max(1, filter.length - before - after)} or more`,
    })
  }
  return Math.floor((padded - filter.length) / stride) + 1
}

/** The same as a matrix, [windows, length]: its row o holds what window o takes of each place. */
export function windowMatrix(length: number, window: AxisWindow): Float32Array {
  const { filter, stride, before, padding } = window
  const count = windowCount(length, window)
  const matrix = new Float32Array(count * length)
  for (let o = 0; o < count; o++) {
    for (const [tap, weight] of filter.entries()) {
      const place = sourceOf(o * stride + tap - before, length, padding)
      if (place !== undefined) matrix[o * length + place] = (matrix[o * length + place] as number) + weight
    }
  }
  return matrix
}

/** The place that a place beyond the edge repeats; undefined for a zero. */
function sourceOf(place: number, length: number, padding: BlurPadding): number | undefined {
  if (place >= 0 && place < length) return place
  if (padding === 'zero') return undefined
  if (padding === 'replicate') return place < 0 ? 0 : length - 1
  return place < 0 ? -place : 2 * (length - 1) - place
}
