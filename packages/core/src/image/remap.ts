import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { type Affine, invert } from '../geometry/affine.ts'
import { checkBorder, createPixelReader, type SamplingOptions } from './border.ts'
import { clampFootprint } from './footprint.ts'
import type { Image, PixelData } from './image.ts'

/** Positions farther than this from the image, in pixels, are clamped: everything there looks alike. */
const MAX_DISTANCE = 2 ** 24

/**
 * Samples `image` at arbitrary positions: the output's pixel (x, y) shows the input at `positions[2 * (y * width + x)]` and the
 * number after it. Like `warpAffine`, it interpolates between the four nearest pixels. If neighboring positions are more than a
 * pixel apart, it averages under the output's unit triangle, mapped by the local derivative, up to 32 pixels to either side.
 *
 * @param positions x and y for each output pixel, row by row
 * @param sampling size of the output, and what lies beyond the input (`border`, default `edge`)
 * @returns width x height, the channels and kind of data of `image` (bytes are rounded)
 * @throws `REMAP_POSITIONS` unless there are 2 * width * height numbers; `ARGUMENT` for a constant border that bytes cannot have
 */
export function remapImage<Data extends PixelData>(
  image: Image<Data>,
  positions: Float32Array,
  sampling: SamplingOptions,
): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'remapImage')
  checkArgument(KINDS.numbers, positions, 'positions', 'remapImage')
  checkArgument(KINDS.sampling, sampling, 'options', 'remapImage')
  checkBorder(image, sampling, 'remapImage')
  const { width, height, border = 'edge' } = sampling
  if (positions.length !== 2 * width * height) {
    throw new FacekpError({
      code: 'REMAP_POSITIONS',
      problem: 'remapImage: wrong number of positions',
      received: `${positions.length} numbers for ${width} x ${height}`,
      expected: `${2 * width * height} numbers, x and y for each pixel`,
    })
  }
  const grid: PositionGrid = { positions: clampPositions(positions), width, height }
  const values = new Float32Array(width * height * image.channels)
  const sampler: Sampler = { image, values, readPixel: createPixelReader(image, border) }
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += image.channels) {
      const at = 2 * (y * width + x)
      const center: Point = { x: grid.positions[at] as number, y: grid.positions[at + 1] as number }
      const footprint = clampFootprint(estimateDerivative(grid, x, y))
      if (footprint) averageFootprint(sampler, to, center, footprint)
      else interpolateAt(sampler, to, center)
    }
  }
  return { ...image, data: convertLike(image.data, values), width, height }
}

interface PositionGrid {
  readonly positions: Float32Array
  readonly width: number
  readonly height: number
}

interface Sampler {
  readonly image: Image
  readonly values: Float32Array
  readonly readPixel: (x: number, y: number, c: number) => number
}

interface Point {
  readonly x: number
  readonly y: number
}

function clampPositions(positions: Float32Array): Float32Array {
  const clamped = new Float32Array(positions.length)
  for (let i = 0; i < positions.length; i++) {
    clamped[i] = Math.min(Math.max(positions[i] as number, -MAX_DISTANCE), MAX_DISTANCE)
  }
  return clamped
}

/** Estimates the derivative of the positions at (x, y) by differences between neighbors. */
function estimateDerivative({ positions, width, height }: PositionGrid, x: number, y: number): Affine {
  const left = Math.max(x - 1, 0)
  const right = Math.min(x + 1, width - 1)
  const above = Math.max(y - 1, 0)
  const below = Math.min(y + 1, height - 1)
  const w = 2 * (y * width + left)
  const e = 2 * (y * width + right)
  const n = 2 * (above * width + x)
  const s = 2 * (below * width + x)
  const dx = right - left || 1
  const dy = below - above || 1
  return [
    ((positions[e] as number) - (positions[w] as number)) / dx,
    ((positions[s] as number) - (positions[n] as number)) / dy,
    0,
    ((positions[e + 1] as number) - (positions[w + 1] as number)) / dx,
    ((positions[s + 1] as number) - (positions[n + 1] as number)) / dy,
    0,
  ]
}

/** Averages the pixels under the unit triangle mapped by `footprint`. */
function averageFootprint(sampler: Sampler, to: number, center: Point, footprint: Affine): void {
  const { values, readPixel } = sampler
  const { channels } = sampler.image
  const { x: cx, y: cy } = center
  const [ia, ib, , id, ie] = invert(footprint)
  const radiusX = Math.abs(footprint[0]) + Math.abs(footprint[1])
  const radiusY = Math.abs(footprint[3]) + Math.abs(footprint[4])
  let total = 0
  for (let y = Math.ceil(cy - radiusY); y <= cy + radiusY; y++) {
    for (let x = Math.ceil(cx - radiusX); x <= cx + radiusX; x++) {
      const weightU = 1 - Math.abs(ia * (x - cx) + ib * (y - cy))
      const weightV = 1 - Math.abs(id * (x - cx) + ie * (y - cy))
      if (weightU <= 0 || weightV <= 0) continue
      total += weightU * weightV
      for (let c = 0; c < channels; c++) {
        values[to + c] = (values[to + c] as number) + weightU * weightV * readPixel(x, y, c)
      }
    }
  }
  for (let c = 0; c < channels; c++) values[to + c] = (values[to + c] as number) / total
}

/** Interpolates between the four pixels around a position. */
function interpolateAt(sampler: Sampler, to: number, center: Point): void {
  const { values, readPixel } = sampler
  const { data, width, height, channels } = sampler.image
  const x = Math.floor(center.x)
  const y = Math.floor(center.y)
  const u = center.x - x
  const v = center.y - y
  const isInside = x >= 0 && y >= 0 && x < width - 1 && y < height - 1
  const upper = (y * width + x) * channels
  const lower = upper + width * channels
  for (let c = 0; c < channels; c++) {
    const p = isInside ? (data[upper + c] as number) : readPixel(x, y, c)
    const q = isInside ? (data[upper + channels + c] as number) : readPixel(x + 1, y, c)
    const r = isInside ? (data[lower + c] as number) : readPixel(x, y + 1, c)
    const s = isInside ? (data[lower + channels + c] as number) : readPixel(x + 1, y + 1, c)
    values[to + c] = (1 - v) * ((1 - u) * p + u * q) + v * ((1 - u) * r + u * s)
  }
}

/** Rounds the values to bytes if the input holds bytes. */
function convertLike<Data extends PixelData>(input: Data, values: Float32Array): Data {
  if (input instanceof Float32Array) return values as Data
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] as number) + 0.5
  return bytes as Data
}
