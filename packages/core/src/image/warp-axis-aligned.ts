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
  const columns = Array.from({ length: width }, (_, x) =>
    createFilter({ center: a * x + tx, scale: Math.abs(a) }, image.width, border),
  )
  const rows = Array.from({ length: height }, (_, y) =>
    createFilter({ center: e * y + ty, scale: Math.abs(e) }, image.height, border),
  )
  const constant = typeof border === 'object' ? border.constant : 0
  const line = image.width * channels
  const blended = new Float64Array(line)
  const length = width * height * channels
  const output = data instanceof Uint8Array ? new Uint8ClampedArray(length) : new Float32Array(length)
  for (let y = 0, to = 0; y < height; y++) {
    const row = rows[y] as Filter
    blended.fill(constant * row.outsideWeight)
    for (let k = 0; k < row.indices.length; k++) {
      const from = (row.indices[k] as number) * line
      const weight = row.weights[k] as number
      for (let i = 0; i < line; i++) blended[i] = (blended[i] as number) + weight * (data[from + i] as number)
    }
    for (let x = 0; x < width; x++) {
      const { indices, weights, outsideWeight } = columns[x] as Filter
      for (let c = 0; c < channels; c++, to++) {
        let sum = constant * outsideWeight
        for (let k = 0; k < indices.length; k++) {
          sum += (weights[k] as number) * (blended[(indices[k] as number) * channels + c] as number)
        }
        output[to] = sum
      }
    }
  }
  const pixels = output instanceof Float32Array ? output : new Uint8Array(output.buffer)
  return { ...image, data: pixels as Data, width, height }
}

/** The pixels of a line under the filter at one position, and their weights; `outsideWeight` is that of a constant border. */
interface Filter {
  readonly indices: Int32Array
  readonly weights: Float64Array
  readonly outsideWeight: number
}

function createFilter(
  { center, scale }: { readonly center: number; readonly scale: number },
  length: number,
  border: Border,
): Filter {
  const radius = Math.max(scale, 1)
  const indices: number[] = []
  const weights: number[] = []
  let total = 0
  let outside = 0
  const first = Math.ceil(center - radius)
  const count = Math.floor(center + radius) - first
  // Counts taps: positions far beyond the image are too large for `i++`.
  for (let k = 0; k <= count; k++) {
    const i = first + k
    const weight = 1 - Math.abs(i - center) / radius
    if (weight <= 0) continue
    total += weight
    const index = borderInterpolate(i, length, border)
    if (index < 0) outside += weight
    else {
      indices.push(index)
      weights.push(weight)
    }
  }
  return {
    indices: Int32Array.from(indices),
    weights: Float64Array.from(weights, (weight) => weight / total),
    outsideWeight: outside / total,
  }
}
