import { createImage, type Image } from '@facekp/core'
import type { Sensor } from './parameters.ts'
import type { Canvas } from './raster.ts'
import type { Size } from './view.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { ceil, exp, imul, max, min, sqrt } = Math

const SIGN_BIT = 2 ** 31

/** Converts the rendering to the bytes of a camera: blurred slightly, which also antialiases its edges, with noise. */
export function applySensor({ width, height, colors }: Canvas, { blur, noise, seed }: Sensor): Image<Uint8Array> {
  const weights = createGaussian(blur)
  const blurred = blurColumns(blurRows(colors, { width, height }, weights), { width, height }, weights)
  // A linear congruential generator, fast enough for a million numbers per image. The sum of two uniform numbers has a triangular
  // distribution of standard deviation 1 / sqrt(6).
  let state = seed ^ 0x9e3779b9
  const spread = (noise * sqrt(6)) / 2 ** 32
  // Uint8ClampedArray rounds and clamps to 0..255.
  const data = new Uint8ClampedArray(blurred.length)
  for (let i = 0; i < data.length; i++) {
    const first = (imul(state, 1664525) + 1013904223) | 0
    state = (imul(first, 1664525) + 1013904223) | 0
    // The flipped sign bit makes an unsigned number, less 2 ** 31, of a signed one.
    data[i] = 255 * (blurred[i] as number) + spread * ((first ^ SIGN_BIT) + (state ^ SIGN_BIT))
  }
  return createImage(new Uint8Array(data.buffer), width, height, 3)
}

/** Returns the weights of a Gaussian at the distances 0, 1, ...; those at all distances on both sides sum to 1. */
function createGaussian(sigma: number): Float64Array {
  const weights = Float64Array.from({ length: ceil(2.5 * sigma) + 1 }, (_, i) => exp(-(i ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1)
  return weights.map((weight) => weight / total)
}

/** Blurs [height, width, 3] along the rows, replicating the edge. */
function blurRows(values: Float32Array, { width, height }: Size, weights: Float64Array): Float32Array {
  const radius = weights.length - 1
  const center = weights[0] as number
  const result = new Float32Array(values.length)
  const padded = new Float32Array(3 * (width + 2 * radius))
  for (let y = 0; y < height; y++) {
    const row = values.subarray(3 * y * width, 3 * (y + 1) * width)
    padded.set(row, 3 * radius)
    for (let i = 0; i < radius; i++) {
      padded.set(row.subarray(0, 3), 3 * i)
      padded.set(row.subarray(-3), 3 * (width + radius + i))
    }
    for (let i = 0; i < 3 * width; i++) {
      const at = i + 3 * radius
      let sum = center * (padded[at] as number)
      for (let k = 1; k <= radius; k++) {
        sum += (weights[k] as number) * ((padded[at - 3 * k] as number) + (padded[at + 3 * k] as number))
      }
      result[3 * y * width + i] = sum
    }
  }
  return result
}

/** Blurs [height, width, 3] along the columns, replicating the edge: each row is a sum of weighted rows. */
function blurColumns(values: Float32Array, { width, height }: Size, weights: Float64Array): Float32Array {
  const stride = 3 * width
  const center = weights[0] as number
  const result = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    const to = y * stride
    for (let i = 0; i < stride; i++) result[to + i] = center * (values[to + i] as number)
    for (let k = 1; k < weights.length; k++) {
      const above = max(0, y - k) * stride
      const below = min(height - 1, y + k) * stride
      const weight = weights[k] as number
      for (let i = 0; i < stride; i++) {
        result[to + i] =
          (result[to + i] as number) + weight * ((values[above + i] as number) + (values[below + i] as number))
      }
    }
  }
  return result
}
