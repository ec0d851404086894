import type { Affine } from '../geometry/affine.ts'
import type { Border } from './border.ts'
import type { Image, PixelData } from './image.ts'

/** What a sampler reads from and writes to. */
export interface Sampling<Data extends PixelData = PixelData> {
  readonly image: Image<Data>
  readonly output: Data
  readonly border: Border
}

/** A row of output pixels: pixel x, at index `offset + x`, shows the input at (stepX * x + startX, stepY * x + startY). */
export interface SamplingRow {
  readonly offset: number
  readonly width: number
  readonly stepX: number
  readonly startX: number
  readonly stepY: number
  readonly startY: number
}

/** The pixels `first` to `last - 1` of a row. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** How far inside the outermost pixels a position must lie for the fast samplers: more than their rounding of positions. */
const MARGIN = 1 / 50
const EMPTY: Span = { first: 0, last: 0 }

/** Returns row `y` of an output of this width. */
export function createSamplingRow([a, b, tx, d, e, ty]: Affine, y: number, width: number): SamplingRow {
  return { offset: y * width, width, stepX: a, startX: b * y + tx, stepY: d, startY: e * y + ty }
}

/** Finds the pixels of a row whose positions have an input pixel on each side, with a margin. */
export function findInsideSpan(row: SamplingRow, image: Image): Span {
  const horizontal = solveSpan(row.stepX, row.startX, image.width - 1, row.width)
  const vertical = solveSpan(row.stepY, row.startY, image.height - 1, row.width)
  const first = Math.max(horizontal.first, vertical.first)
  const last = Math.min(horizontal.last, vertical.last)
  return first < last ? { first, last } : EMPTY
}

/** Finds the x from 0 to width - 1 with MARGIN <= step * x + start <= limit - MARGIN. */
function solveSpan(step: number, start: number, limit: number, width: number): Span {
  const from = MARGIN - start
  const to = limit - MARGIN - start
  // In an image one pixel across, no position has a pixel on each side.
  if (from > to) return EMPTY
  if (Math.abs(step) < 1e-12) return from > 0 || to < 0 ? EMPTY : { first: 0, last: width }
  const a = from / step
  const b = to / step
  return {
    first: Math.max(0, Math.ceil(Math.min(a, b))),
    last: Math.min(width, Math.floor(Math.max(a, b)) + 1),
  }
}
