import { checkArgument, type Image, type PixelData } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/**
 * Converts an image to gray by Rec. 601: 0.299 R + 0.587 G + 0.114 B.
 *
 * Bytes equal PIL's `convert('L')`, which rounds weights to 1/65536. A gray image is returned unchanged.
 */
export function toGray<Data extends PixelData>(image: Image<Data>): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'toGray')
  if (image.channels === 1) return image
  const { data } = image
  const gray = createPixelData(data, image.width * image.height)
  if (data instanceof Uint8Array) convertBytes(data, gray as Uint8Array)
  else convertFloats(data, gray as Float32Array)
  return { ...image, data: gray, channels: 1 }
}

function convertBytes(rgb: Uint8Array, gray: Uint8Array): void {
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    const red = rgb[from] as number
    const green = rgb[from + 1] as number
    const blue = rgb[from + 2] as number
    gray[to] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
  }
}

function convertFloats(rgb: Float32Array, gray: Float32Array): void {
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    // Integer weights, so that equal red, green and blue give exactly that value.
    gray[to] = (299 * (rgb[from] as number) + 587 * (rgb[from + 1] as number) + 114 * (rgb[from + 2] as number)) / 1000
  }
}

/** Converts an image to RGB by repeating the gray value. An RGB image is returned unchanged. */
export function toRgb<Data extends PixelData>(image: Image<Data>): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'toRgb')
  if (image.channels === 3) return image
  const rgb = createPixelData(image.data, 3 * image.data.length)
  for (let i = 0; i < image.data.length; i++) rgb.fill(image.data[i] as number, 3 * i, 3 * i + 3)
  return { ...image, data: rgb, channels: 3 }
}

/** Creates an array of zeros of the same type. */
export function createPixelData<Data extends PixelData>(data: Data, length: number): Data {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Data
}
