import { FacekpError, type Image, type PixelData } from '@facekp/core'
import { likeData } from './color.ts'

/**
 * Resizes to `width` x `height`: antialiased along each axis that shrinks, bilinear along each that grows.
 *
 * Each output pixel is the mean of the input pixels under a triangle as wide as two output pixels (two input pixels
 * where the image grows), the weights of what lies inside the image adding up to 1. Along the rows first, then along
 * the columns. Bytes come out bit for bit as from PIL's `Image.resize((width, height), Image.BILINEAR)`, which weighs
 * in whole 2^-22ths and rounds after either axis; real numbers as from torchvision with `antialias=True`.
 *
 * The output's pixel at x shows the input at (x + 0.5) * image.width / width - 0.5, as core's `croppingAndResizing`
 * has it. Throws `RESIZE_SIZE` where a side is not a positive whole number.
 */
export function resizeImage<Data extends PixelData>(image: Image<Data>, width: number, height: number): Image<Data> {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new FacekpError({
      code: 'RESIZE_SIZE',
      problem: 'the size to resize to is not one',
      received: `${width} x ${height}`,
      expected: 'positive whole numbers',
    })
  }
  const { channels } = image
  const rows = resample(image.data, image.height, image.width, channels, width)
  return { ...image, data: resample(rows, 1, image.height, width * channels, height), width, height }
}

/** Along the middle axis of outer x length x inner. */
function resample<Data extends PixelData>(
  data: Data,
  outer: number,
  length: number,
  inner: number,
  newLength: number,
): Data {
  if (newLength === length) return data
  const resampled = likeData(data, outer * newLength * inner)
  const bytes = data instanceof Uint8Array
  for (let target = 0; target < newLength; target++) {
    const { start, weights } = triangle(target, length, newLength, bytes)
    for (let o = 0; o < outer; o++) {
      const from = (o * length + start) * inner
      const to = (o * newLength + target) * inner
      for (let i = 0; i < inner; i++) {
        let sum = 0
        for (let k = 0; k < weights.length; k++) {
          sum += (weights[k] as number) * (data[from + k * inner + i] as number)
        }
        resampled[to + i] = bytes ? Math.min((sum + HALF) >> BITS, 255) : sum
      }
    }
  }
  return resampled
}

const BITS = 22
const HALF = 1 << (BITS - 1)

/** The input pixels under an output pixel's triangle, and their weights (in 2^-22ths for bytes). */
function triangle(target: number, length: number, newLength: number, bytes: boolean) {
  const scale = length / newLength
  const reach = Math.max(scale, 1)
  const center = (target + 0.5) * scale
  const start = Math.max(Math.trunc(center - reach + 0.5), 0)
  const end = Math.min(Math.trunc(center + reach + 0.5), length)
  const weights = Float64Array.from({ length: end - start }, (_, k) =>
    Math.max(1 - Math.abs((start + k - center + 0.5) / reach), 0),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    start,
    weights: weights.map((weight) => (bytes ? Math.trunc(0.5 + (weight / total) * (1 << BITS)) : weight / total)),
  }
}
