import { createImage, type Image } from '@facekp/core'
import type { Sensor } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { exp, imul, max, min, sqrt } = Math

/** Pixels on each side that blur into one. The next would weigh less than 0.4 % of the center, for a standard deviation up to 1.2 pixels. */
const RADIUS = 3

/** Converts the rendering to the bytes of a camera: blurred slightly, which also antialiases its edges, with noise. Overwrites the rendering. */
export function applySensor({ width, height, colors }: Canvas, { blur, noise, seed }: Sensor): Image<Uint8Array> {
  const weights = createGaussian(blur)
  const stride = 3 * width
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < 3; i++) blurLine(colors, weights, { start: y * stride + i, step: 3, length: width })
  }
  for (let i = 0; i < stride; i++) blurLine(colors, weights, { start: i, step: stride, length: height })
  return createImage(addNoise(colors, noise, seed), width, height, 3)
}

/** Returns the weights of a Gaussian at the distances 0 to 3; those at all distances on both sides sum to 1. */
function createGaussian(sigma: number): Float64Array {
  const weights = Float64Array.from({ length: RADIUS + 1 }, (_, i) => exp(-(i ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1)
  return weights.map((weight) => weight / total)
}

/** Numbers of an image one after another: those of a channel in a row or in a column. */
interface Line {
  readonly start: number
  readonly step: number
  readonly length: number
}

/** Blurs a line in place, and repeats the numbers at its ends. Seven variables move along it, so that each number is read once. */
function blurLine(colors: Float32Array, weights: Float64Array, { start, step, length }: Line): void {
  const [w0, w1, w2, w3] = weights as unknown as readonly [number, number, number, number]
  const last = start + step * (length - 1)
  let center = colors[start] as number
  let before = center
  let before2 = center
  let before3 = center
  let after = colors[min(last, start + step)] as number
  let after2 = colors[min(last, start + 2 * step)] as number
  for (let at = start, ahead = start + RADIUS * step; at <= last; at += step, ahead += step) {
    const after3 = colors[min(last, ahead)] as number
    colors[at] = w0 * center + w1 * (before + after) + w2 * (before2 + after2) + w3 * (before3 + after3)
    before3 = before2
    before2 = before
    before = center
    center = after
    after = after2
    after2 = after3
  }
}

/**
 * Adds noise of this standard deviation. The noise is that of a linear congruential generator, fast enough for a million numbers per
 * image. The sum of two uniform numbers has a triangular distribution of standard deviation 1 / sqrt(6).
 */
function addNoise(colors: Float32Array, noise: number, seed: number): Uint8Array {
  const spread = (noise * sqrt(6)) / 2 ** 32
  // The mean of the sum of two unsigned numbers of 32 bits, and what rounds.
  const offset = 0.5 - spread * 2 ** 32
  const noisy = new Uint8Array(colors.length)
  let last = seed ^ 0x9e3779b9
  for (let i = 0; i < noisy.length; i++) {
    const first = (imul(last, 1664525) + 1013904223) | 0
    last = (imul(first, 1664525) + 1013904223) | 0
    noisy[i] = max(0, min(255, 255 * (colors[i] as number) + offset + spread * ((first >>> 0) + (last >>> 0))))
  }
  return noisy
}
