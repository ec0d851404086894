import type { Image } from '@facekp/core'
import { reflectIndex } from './pixels.ts'

/** A tap of a kernel: its offset from the output pixel in pixels, and its weight. */
export interface Tap {
  readonly dx: number
  readonly dy: number
  readonly weight: number
}

/** Convolves each channel; the image is reflected at its edge without repeating it. */
export function convolve(
  values: Float32Array,
  { width, height, channels }: Pick<Image, 'width' | 'height' | 'channels'>,
  taps: readonly Tap[],
): Float32Array {
  const output = new Float32Array(values.length)
  for (const { dx, dy, weight } of taps) {
    const columns = Int32Array.from({ length: width }, (_, x) => channels * reflectIndex(x + dx, width))
    for (let y = 0, to = 0; y < height; y++) {
      const row = reflectIndex(y + dy, height) * width * channels
      for (let x = 0; x < width; x++) {
        const from = row + (columns[x] as number)
        for (let c = 0; c < channels; c++, to++) {
          output[to] = (output[to] as number) + weight * (values[from + c] as number)
        }
      }
    }
  }
  return output
}
