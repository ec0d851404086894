import { FacekpError, type Image, type PixelData } from '@facekp/core'
import { createPixelData } from './color.ts'

/**
 * Resizes to `width` x `height`: antialiased along each axis that shrinks, bilinear along each axis that grows.
 *
 * Each output pixel is the mean of the input pixels under a triangle as wide as two output pixels (two input pixels
 * if the image grows), the weights of what lies inside the image adding up to 1. Along the rows first, then along
 * the columns. Bytes come out bit for bit as from PIL's `Image.resize((width, height), Image.BILINEAR)`, which weighs
 * in whole 2^-22ths and rounds after either axis; real numbers as from torchvision with `antialias=True`.
 *
 * The output's pixel at x shows the input at (x + 0.5) * image.width / width - 0.5, as core's `cropAndResize`
 * has it. Throws `RESIZE_SIZE` if a side is not a positive integer.
 */
export function resizeImage<Data extends PixelData>(image: Image<Data>, width: number, height: number): Image<Data> {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new FacekpError({
      code: 'RESIZE_SIZE',
      problem: 'invalid size',
      received: `${width} x ${height}`,
      expected: 'positive integer width and height',
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
  const resampled = createPixelData(data, outer * newLength * inner)
  const bytes = data instanceof Uint8Array
  for (let target = 0; target < newLength; target++) {
    const { start, weights } = computeWeights(target, length, newLength, bytes)
    const from: Lines = { first: start * inner, line: length * inner, inner }
    const to: Lines = { first: target * inner, line: newLength * inner, inner }
    if (bytes) resampleBytes(resampled as Uint8Array, to, data, from, weights)
    else resampleFloats(resampled as Float32Array, to, data as Float32Array, from, weights)
  }
  return resampled
}

/** The same `inner` values of every line: where the first is, and how long a line is. */
interface Lines {
  readonly first: number
  readonly line: number
  readonly inner: number
}

const BITS = 22
const HALF = 1 << (BITS - 1)

/** Mixes values with those that follow `inner` places on, as often as there are weights. */
function resampleBytes(output: Uint8Array, to: Lines, data: Uint8Array, from: Lines, weights: Float64Array): void {
  const { inner } = from
  const taps = weights.length
  const [first, second, third] = [weights[0] as number, weights[1] as number, weights[2] as number]
  for (let source = from.first, target = to.first; target < output.length; source += from.line, target += to.line) {
    for (let i = 0; i < inner; i++) {
      const at = source + i
      let sum = HALF
      if (taps === 2 || taps === 3) {
        // The most common tap counts: a loop would take twice the time.
        sum += Math.imul(first, data[at] as number) + Math.imul(second, data[at + inner] as number)
        if (taps === 3) sum += Math.imul(third, data[at + 2 * inner] as number)
      } else {
        for (let k = 0, near = at; k < taps; k++, near += inner) {
          sum = (sum + Math.imul(weights[k] as number, data[near] as number)) | 0
        }
      }
      output[target + i] = sum >> BITS
    }
  }
}

function resampleFloats(output: Float32Array, to: Lines, data: Float32Array, from: Lines, weights: Float64Array): void {
  const { inner } = from
  for (let source = from.first, target = to.first; target < output.length; source += from.line, target += to.line) {
    for (let i = 0; i < inner; i++) {
      let sum = 0
      for (let k = 0, at = source + i; k < weights.length; k++, at += inner) {
        sum += (weights[k] as number) * (data[at] as number)
      }
      output[target + i] = sum
    }
  }
}

/** The input pixels under an output pixel's triangle, and their weights (in 2^-22ths for bytes). */
function computeWeights(target: number, length: number, newLength: number, bytes: boolean) {
  const scale = length / newLength
  const reach = Math.max(scale, 1)
  const center = (target + 0.5) * scale
  const start = Math.max(Math.trunc(center - reach + 0.5), 0)
  const end = Math.min(Math.trunc(center + reach + 0.5), length)
  const weights = new Float64Array(end - start)
  let total = 0
  for (let k = 0; k < weights.length; k++) {
    const weight = Math.max(1 - Math.abs((start + k - center + 0.5) / reach), 0)
    weights[k] = weight
    total += weight
  }
  for (let k = 0; k < weights.length; k++) {
    const share = (weights[k] as number) / total
    weights[k] = bytes ? Math.trunc(0.5 + share * (1 << BITS)) : share
  }
  return { start, weights }
}
