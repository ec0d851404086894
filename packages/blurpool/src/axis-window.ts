import { FacekpError } from '@facekp/core'
import type { BlurPadding } from './padding.ts'

/** A strided convolution along one axis: padding, filter and stride. */
export interface AxisWindow {
  readonly filter: readonly number[]
  readonly stride: number
  readonly before: number
  readonly after: number
  readonly padding: BlurPadding
}

/** The window that leaves an axis unchanged. */
export const IDENTITY: AxisWindow = { filter: [1], stride: 1, before: 0, after: 0, padding: 'zero' }

export function isIdentity({ filter, stride, before, after }: AxisWindow): boolean {
  return filter.length === 1 && stride === 1 && before === 0 && after === 0
}

/** Counts the windows. Throws `BLUR_SIZE` if the map is too small for the padding or for one window. */
export function windowCount(length: number, { filter, stride, before, after, padding }: AxisWindow): number {
  const largest = Math.max(before, after)
  if (padding === 'reflect' && largest >= length) {
    throw new FacekpError({
      code: 'BLUR_SIZE',
      problem: `reflect padding by ${largest} needs a longer side`,
      received: `a side of ${length}`,
      expected: `a side of ${largest + 1} or more, or padding 'replicate' or 'zero'`,
    })
  }
  const padded = length + before + after
  if (length < 1 || padded < filter.length) {
    throw new FacekpError({
      code: 'BLUR_SIZE',
      problem: `filter of ${filter.length} is longer than the padded side`,
      received: `a side of ${length}, padded to ${padded}`,
      expected: `a side of ${Math.max(1, filter.length - before - after)} or more`,
    })
  }
  return Math.floor((padded - filter.length) / stride) + 1
}

/** Returns the window as a matrix [windows, length]: row o has the weights of output o. */
export function windowMatrix(length: number, window: AxisWindow): Float32Array {
  const { filter, stride, before, padding } = window
  const count = windowCount(length, window)
  const matrix = new Float32Array(count * length)
  for (let o = 0; o < count; o++) {
    for (const [tap, weight] of filter.entries()) {
      const index = borderIndex(o * stride + tap - before, length, padding)
      if (index !== undefined) matrix[o * length + index] = (matrix[o * length + index] as number) + weight
    }
  }
  return matrix
}

/** Returns the index inside the line to use for an index outside it; undefined for a zero. */
function borderIndex(index: number, length: number, padding: BlurPadding): number | undefined {
  if (index >= 0 && index < length) return index
  if (padding === 'zero') return undefined
  if (padding === 'replicate') return index < 0 ? 0 : length - 1
  return index < 0 ? -index : 2 * (length - 1) - index
}
