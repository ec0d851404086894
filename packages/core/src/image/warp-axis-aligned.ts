import type { Affine } from '../geometry/affine.ts'
import { type Border, borderInterpolate, type ResolvedSamplingOptions } from './border.ts'
import type { Image, PixelData } from './image.ts'

/**
 * Samples through a map without rotation or shear: rows and columns are filtered separately, each with a triangle filter that is
 * as wide as the map shrinks, and at least one pixel. Exact.
 */
export function warpAxisAligned<Data extends PixelData>(
  image: Image<Data>,
  [a, , tx, , e, ty]: Affine,
  { width, height, border }: ResolvedSamplingOptions,
): Image<Data> {
  const { data, channels } = image
  const columns = createFilters({ scale: a, start: tx, count: width, length: image.width }, border)
  const rows = createFilters({ scale: e, start: ty, count: height, length: image.height }, border)
  const constant = typeof border === 'object' ? border.constant : 0
  const line = image.width * channels
  const blended = new Float64Array(line)
  const first = columns.first * channels
  const last = columns.last * channels
  const length = width * height * channels
  const output = data instanceof Uint8Array ? new Uint8ClampedArray(length) : new Float32Array(length)
  for (let y = 0; y < height; y++) {
    blended.fill(constant * (rows.outsideWeights[y] as number), first, last)
    blendRows({ data, line, rows, y }, blended, first, last)
    const row = output.subarray(y * width * channels, (y + 1) * width * channels)
    if (channels === 3) filterRgb(blended, columns, { row, constant })
    else filterChannels(blended, columns, { row, constant, channels })
  }
  const pixels = output instanceof Float32Array ? output : new Uint8Array(output.buffer)
  return { ...image, data: pixels as Data, width, height }
}

/** The filters of all positions along one axis: for each, the pixels of a line under it and their weights. */
interface Filters {
  /** Position i has the taps `starts[i]` to `starts[i + 1] - 1`. */
  readonly starts: Int32Array
  /** For each tap, its pixel. */
  readonly indices: Int32Array
  readonly weights: Float64Array
  /** For each position, the weight of a constant border. */
  readonly outsideWeights: Float64Array
  /** All pixels lie from `first` to `last - 1`. */
  readonly first: number
  readonly last: number
}

interface Axis {
  /** Position i is at `scale * i + start` of the input. */
  readonly scale: number
  readonly start: number
  /** Number of positions. */
  readonly count: number
  /** Of the input, in pixels. */
  readonly length: number
}

function createFilters({ scale, start, count, length }: Axis, border: Border): Filters {
  const radius = Math.max(Math.abs(scale), 1)
  const starts = new Int32Array(count + 1)
  const outsideWeights = new Float64Array(count)
  const indices: number[] = []
  const weights: number[] = []
  for (let i = 0; i < count; i++) {
    const center = scale * i + start
    const firstPixel = Math.ceil(center - radius)
    const pixels = Math.floor(center + radius) - firstPixel
    let total = 0
    let outside = 0
    // Counts taps: positions far beyond the image are too large for `pixel++`.
    for (let k = 0; k <= pixels; k++) {
      const weight = 1 - Math.abs(firstPixel + k - center) / radius
      if (weight <= 0) continue
      total += weight
      const index = borderInterpolate(firstPixel + k, length, border)
      if (index < 0) outside += weight
      else {
        indices.push(index)
        weights.push(weight)
      }
    }
    starts[i + 1] = indices.length
    outsideWeights[i] = outside / total
    for (let k = starts[i] as number; k < indices.length; k++) weights[k] = (weights[k] as number) / total
  }
  const first = indices.reduce((least, index) => Math.min(least, index), length)
  const last = indices.reduce((most, index) => Math.max(most, index + 1), first)
  return { starts, indices: Int32Array.from(indices), weights: Float64Array.from(weights), outsideWeights, first, last }
}

interface RowBlend {
  readonly data: PixelData
  /** Length of a row in values. */
  readonly line: number
  readonly rows: Filters
  /** The row of the output. */
  readonly y: number
}

/** Adds the rows under a filter, three at a time, to the values `first` to `last - 1`. */
function blendRows({ data, line, rows, y }: RowBlend, blended: Float64Array, first: number, last: number): void {
  const { starts, indices, weights } = rows
  const end = starts[y + 1] as number
  for (let k = starts[y] as number; k < end; k += 3) {
    const a = (indices[k] as number) * line
    const b = k + 1 < end ? (indices[k + 1] as number) * line : a
    const c = k + 2 < end ? (indices[k + 2] as number) * line : a
    const weightA = weights[k] as number
    const weightB = k + 1 < end ? (weights[k + 1] as number) : 0
    const weightC = k + 2 < end ? (weights[k + 2] as number) : 0
    for (let i = first; i < last; i++) {
      blended[i] =
        (blended[i] as number) +
        weightA * (data[a + i] as number) +
        weightB * (data[b + i] as number) +
        weightC * (data[c + i] as number)
    }
  }
}

/** What the filters of a row write to. */
interface OutputRow {
  readonly row: Uint8ClampedArray | Float32Array
  /** Value of pixels outside the image. */
  readonly constant: number
}

function filterRgb(
  blended: Float64Array,
  { starts, indices, weights, outsideWeights }: Filters,
  { row, constant }: OutputRow,
): void {
  for (let x = 0, k = 0, to = 0; x < outsideWeights.length; x++, to += 3) {
    const outside = constant * (outsideWeights[x] as number)
    let red = outside
    let green = outside
    let blue = outside
    for (const end = starts[x + 1] as number; k < end; k++) {
      const weight = weights[k] as number
      const from = 3 * (indices[k] as number)
      red += weight * (blended[from] as number)
      green += weight * (blended[from + 1] as number)
      blue += weight * (blended[from + 2] as number)
    }
    row[to] = red
    row[to + 1] = green
    row[to + 2] = blue
  }
}

function filterChannels(
  blended: Float64Array,
  { starts, indices, weights, outsideWeights }: Filters,
  { row, constant, channels }: OutputRow & { readonly channels: number },
): void {
  for (let x = 0, to = 0; x < outsideWeights.length; x++) {
    const outside = constant * (outsideWeights[x] as number)
    for (let c = 0; c < channels; c++, to++) {
      let sum = outside
      for (let k = starts[x] as number; k < (starts[x + 1] as number); k++) {
        sum += (weights[k] as number) * (blended[(indices[k] as number) * channels + c] as number)
      }
      row[to] = sum
    }
  }
}
