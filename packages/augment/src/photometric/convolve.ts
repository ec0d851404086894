import { reflected } from './pixels.ts'

/** A tap of a kernel: where it looks, from the pixel it is for, and its weight. */
export interface Tap {
  readonly dx: number
  readonly dy: number
  readonly weight: number
}

/** Sums the taps at every pixel, channels apart; beyond the edge the picture is mirrored (its edge not repeated). */
export function convolve(
  values: Float32Array,
  width: number,
  height: number,
  channels: number,
  taps: readonly Tap[],
): Float32Array {
  const summed = new Float32Array(values.length)
  for (const { dx, dy, weight } of taps) {
    const columns = Int32Array.from({ length: width }, (_, x) => channels * reflected(x + dx, width))
    for (let y = 0, to = 0; y < height; y++) {
      const row = reflected(y + dy, height) * width * channels
      for (let x = 0; x < width; x++) {
        const from = row + (columns[x] as number)
        for (let c = 0; c < channels; c++, to++) {
          summed[to] = (summed[to] as number) + weight * (values[from + c] as number)
        }
      }
    }
  }
  return summed
}
