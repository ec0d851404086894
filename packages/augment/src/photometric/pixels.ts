import type { Image, PixelData } from '@facekp/core'
import type { PhotometricOp } from '../augmentation.ts'

/** Creates an op that changes only the image. */
export function createPhotometricOp(change: (image: Image) => Image): PhotometricOp {
  return { apply: (sample) => ({ ...sample, image: change(sample.image) }) }
}

/** Returns black and the range from black to white: 0 and 255 of bytes, -0.5 and 1 of real numbers. */
export function getPixelScale({ data }: Image): { readonly black: number; readonly range: number } {
  return data instanceof Uint8Array ? { black: 0, range: 255 } : { black: -0.5, range: 1 }
}

/** Converts to intensities, 0 black to 1 white. */
export function toUnits(image: Image): Float32Array {
  const { data } = image
  const { black, range } = getPixelScale(image)
  const units = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) units[i] = ((data[i] as number) - black) / range
  return units
}

/** Converts intensities to the image's kind of data, clamped between black and white; bytes are rounded. */
export function fromUnits<Data extends PixelData>(image: Image<Data>, units: Float32Array): Image<Data> {
  const { black, range } = getPixelScale(image)
  if (image.data instanceof Uint8Array) {
    const bytes = new Uint8ClampedArray(units.length)
    for (let i = 0; i < units.length; i++) bytes[i] = (units[i] as number) * range
    return { ...image, data: new Uint8Array(bytes.buffer) as Data }
  }
  return { ...image, data: units.map((unit) => Math.min(Math.max(unit, 0), 1) * range + black) as Data }
}

/** Maps each intensity; bytes through a lookup table. */
export function pointwise(image: Image, change: (unit: number) => number): Image {
  if (!(image.data instanceof Uint8Array)) return fromUnits(image, toUnits(image).map(change))
  const table = new Uint8ClampedArray(256)
  for (let value = 0; value < 256; value++) table[value] = change(value / 255) * 255
  return { ...image, data: applyTable(image.data, table) }
}

/** Maps bytes, four at a time if they are aligned to 32 bits. */
function applyTable(bytes: Uint8Array, table: Uint8ClampedArray): Uint8Array {
  const output = new Uint8Array(bytes.length)
  const length = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0
  const words = length > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, length) : new Int32Array()
  const outputWords = new Int32Array(output.buffer, 0, length)
  for (let i = 0; i < length; i++) {
    const word = words[i] as number
    outputWords[i] =
      (table[word & 255] as number) |
      ((table[(word >>> 8) & 255] as number) << 8) |
      ((table[(word >>> 16) & 255] as number) << 16) |
      ((table[word >>> 24] as number) << 24)
  }
  for (let i = 4 * length; i < bytes.length; i++) output[i] = table[bytes[i] as number] as number
  return output
}

/** Computes the luminance by Rec. 601, like `toGray` of `@facekp/image`. */
export function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

/** Computes one luminance per pixel. */
export function luminances(units: Float32Array, channels: 1 | 3): Float32Array {
  if (channels === 1) return units
  const gray = new Float32Array(units.length / 3)
  for (let i = 0; i < gray.length; i++) {
    gray[i] = luminance(units[3 * i] as number, units[3 * i + 1] as number, units[3 * i + 2] as number)
  }
  return gray
}

/** Reflects an index into 0..length - 1 without repeating the ends. */
export function reflectIndex(i: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const index = ((i % period) + period) % period
  return index < length ? index : period - index
}
