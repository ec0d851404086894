import { checkArgument, FacekpError, formatValue, type Image, type PixelData } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Axis, computeFilter } from './resample-filter.ts'
import { resizeBytes } from './resize-bytes.ts'

/**
 * Resizes to `width` x `height`: antialiased along each axis that shrinks, bilinear along each axis that grows.
 *
 * Each output pixel is the mean of the input pixels under a triangle as wide as two output pixels (two input pixels
 * if the image grows), and the weights of the pixels inside the image have the sum 1. First along the rows, then along
 * the columns. Bytes come out bit for bit as from PIL's `Image.resize((width, height), Image.BILINEAR)`, which weighs
 * in whole 2^-22ths and rounds after either axis; real numbers as from torchvision with `antialias=True`.
 *
 * The output's pixel at x shows the input at (x + 0.5) * image.width / width - 0.5, as core's `cropAndResize`
 * has it. Throws `RESIZE_SIZE` if a side is not a positive integer, or if there is no memory for the pixels.
 */
export function resizeImage<Data extends PixelData>(image: Image<Data>, width: number, height: number): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'resizeImage')
  if (!(Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0)) {
    throw sizeError(width, height, 'positive integer width and height')
  }
  try {
    return (image.data instanceof Uint8Array ? resizeBytes : resizeFloats)(image as never, width, height) as Image<Data>
  } catch (cause) {
    // By its name: the error of an allocation may be of another realm.
    if ((cause as Error).name !== 'RangeError') throw cause
    throw sizeError(width, height, 'fewer pixels: there is no memory for these', cause)
  }
}

function sizeError(width: number, height: number, expected: string, cause?: unknown): FacekpError {
  const received = `${formatValue(width)} x ${formatValue(height)}`
  return new FacekpError({ code: 'RESIZE_SIZE', problem: 'invalid size', received, expected, cause })
}

function resizeFloats(image: Image<Float32Array>, width: number, height: number): Image<Float32Array> {
  const { channels } = image
  const across = { outer: image.height, length: image.width, inner: channels, newLength: width }
  const down = { outer: 1, length: image.height, inner: width * channels, newLength: height }
  return { ...image, data: resample(resample(image.data, across), down), width, height }
}

function resample(data: Float32Array, { outer, length, inner, newLength }: Axis): Float32Array {
  if (newLength === length) return data
  const { counts, starts, weights, capacity } = computeFilter(length, newLength)
  const output = new Float32Array(outer * newLength * inner)
  let to = 0
  for (let line = 0; line < outer; line++) {
    for (let target = 0; target < newLength; target++) {
      const from = (line * length + (starts[target] as number)) * inner
      const count = counts[target] as number
      for (let i = 0; i < inner; i++) {
        let sum = 0
        for (let k = 0; k < count; k++) {
          sum += (weights[target * capacity + k] as number) * (data[from + k * inner + i] as number)
        }
        output[to++] = sum
      }
    }
  }
  return output
}
