import { createImage, type Image } from '@facekp/core'
import type { Sensor } from './parameters.ts'
import type { Canvas } from './raster.ts'
import type { Size } from './view.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { ceil, exp, imul, max, min, sqrt } = Math

/** Converts the rendering to the bytes of a camera: blurred slightly, which also antialiases its edges, with noise. */
export function applySensor({ width, height, colors }: Canvas, { blur, noise, seed }: Sensor): Image<Uint8Array> {
  const size = { width, height }
  const blurred = gaussianBlur(gaussianBlur(colors, size, blur, 'x'), size, blur, 'y')
  // A linear congruential generator, fast enough for a million numbers per image. The sum of two uniform numbers has a triangular
  // distribution of standard deviation 1 / sqrt(6).
  let state = (seed ^ 0x9e3779b9) >>> 0
  const uniform = (): number => {
    state = (imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const spread = noise * sqrt(6)
  // Uint8ClampedArray rounds and clamps to 0..255.
  const data = new Uint8ClampedArray(blurred.length)
  for (let i = 0; i < data.length; i++) data[i] = 255 * (blurred[i] as number) + spread * (uniform() + uniform() - 1)
  return createImage(new Uint8Array(data.buffer), width, height, 3)
}

/** Blurs [height, width, 3] along one axis, replicating the edge. */
function gaussianBlur(values: Float32Array, { width, height }: Size, sigma: number, axis: 'x' | 'y'): Float32Array {
  const radius = ceil(2.5 * sigma)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  )
  const total = weights.reduce((sum, weight) => sum + weight)
  const result = new Float32Array(values.length)
  const alongX = { length: width, step: 3, lines: height, stride: 3 * width }
  const alongY = { length: height, step: 3 * width, lines: width, stride: 3 }
  const { length, step, lines, stride } = axis === 'x' ? alongX : alongY
  for (let line = 0; line < lines; line++) {
    for (let position = 0; position < length; position++) {
      const pixel = line * stride + position * step
      const from = max(-radius, -position)
      const to = min(radius, length - 1 - position)
      for (let c = pixel; c < pixel + 3; c++) {
        const first = values[c - position * step] as number
        const last = values[c + (length - 1 - position) * step] as number
        let sum = 0
        for (let i = -radius; i < from; i++) sum += (weights[i + radius] as number) * first
        for (let i = from; i <= to; i++) sum += (weights[i + radius] as number) * (values[c + i * step] as number)
        for (let i = to + 1; i <= radius; i++) sum += (weights[i + radius] as number) * last
        result[c] = sum / total
      }
    }
  }
  return result
}
