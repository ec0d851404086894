import { createImage, type Image } from '@facekp/core'
import type { Sensor } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { exp, imul, max, min, sqrt } = Math

/** Pixels on each side that blur into one. The next would weigh less than 0.4 % of the center, for a standard deviation up to 1.2 pixels. */
const RADIUS = 3

/** A row and its neighbors, or a pixel and its neighbors: what blurs into one. */
type Neighbors = readonly [
  center: Float64Array,
  before: Float64Array,
  after: Float64Array,
  before2: Float64Array,
  after2: Float64Array,
  before3: Float64Array,
  after3: Float64Array,
]

/** Converts the rendering to the bytes of a camera: blurred slightly, which also antialiases its edges, with noise. */
export function applySensor({ width, height, colors }: Canvas, { blur, noise, seed }: Sensor): Image<Uint8Array> {
  const weights = createGaussian(blur)
  const stride = 3 * width
  const padded = new Float64Array(stride + 6 * RADIUS)
  const beside = listNeighbors((distance) => padded.subarray(3 * (RADIUS + distance)))
  // Rows that are blurred along the row, each while rows near it need it: row y is number y modulo their count.
  const rows = Array.from({ length: 2 * RADIUS + 1 }, () => new Float64Array(stride))
  const rowAt = (y: number): Float64Array => rows[min(height - 1, max(0, y)) % rows.length] as Float64Array
  const blurRowAt = (y: number): void => {
    padRow(colors, y * stride, padded)
    blurRows(beside, weights, rowAt(y))
  }
  for (let y = 0; y < min(RADIUS, height); y++) blurRowAt(y)
  const data = new Uint8Array(colors.length)
  const row = new Float64Array(stride)
  let state = seed ^ 0x9e3779b9
  for (let y = 0; y < height; y++) {
    if (y + RADIUS < height) blurRowAt(y + RADIUS)
    const above = listNeighbors((distance) => rowAt(y + distance))
    blurRows(above, weights, row)
    state = addNoise(row, noise, state, data.subarray(y * stride, (y + 1) * stride))
  }
  return createImage(data, width, height, 3)
}

/** Returns the weights of a Gaussian at the distances 0 to 3; those at all distances on both sides sum to 1. */
function createGaussian(sigma: number): Float64Array {
  const weights = Float64Array.from({ length: RADIUS + 1 }, (_, i) => exp(-(i ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1)
  return weights.map((weight) => weight / total)
}

function listNeighbors(at: (distance: number) => Float64Array): Neighbors {
  return [at(0), at(-1), at(1), at(-2), at(2), at(-3), at(3)]
}

/** Copies the row of RGB colors at `from`, and repeats those at its ends. */
function padRow(colors: Float32Array, from: number, padded: Float64Array): void {
  const padding = 3 * RADIUS
  const stride = padded.length - 2 * padding
  for (let i = 0; i < stride; i++) padded[padding + i] = colors[from + i] as number
  for (let i = 0; i < padding; i++) {
    padded[i] = colors[from + (i % 3)] as number
    padded[padding + stride + i] = colors[from + stride - 3 + (i % 3)] as number
  }
}

/** Sums weighted neighbors. One pass over all of them takes half the time of one per distance. */
function blurRows([a, b, c, d, e, f, g]: Neighbors, weights: Float64Array, blurred: Float64Array): void {
  const [w0, w1, w2, w3] = weights as unknown as readonly [number, number, number, number]
  for (let i = 0; i < blurred.length; i++) {
    blurred[i] =
      w0 * (a[i] as number) +
      w1 * ((b[i] as number) + (c[i] as number)) +
      w2 * ((d[i] as number) + (e[i] as number)) +
      w3 * ((f[i] as number) + (g[i] as number))
  }
}

/**
 * Adds noise of this standard deviation to a row. The noise is that of a linear congruential generator, fast enough for a million numbers per
 * image. The sum of two uniform numbers has a triangular distribution of standard deviation 1 / sqrt(6).
 *
 * @returns the generator's state after the row
 */
function addNoise(row: Float64Array, noise: number, state: number, noisy: Uint8Array): number {
  const spread = (noise * sqrt(6)) / 2 ** 32
  // The mean of the sum of two unsigned numbers of 32 bits, and what rounds.
  const offset = 0.5 - spread * 2 ** 32
  let last = state
  for (let i = 0; i < noisy.length; i++) {
    const first = (imul(last, 1664525) + 1013904223) | 0
    last = (imul(first, 1664525) + 1013904223) | 0
    noisy[i] = max(0, min(255, 255 * (row[i] as number) + offset + spread * ((first >>> 0) + (last >>> 0))))
  }
  return last
}
