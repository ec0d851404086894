import { checkArgument } from '../arguments/check-argument.ts'
import { formatValue } from '../arguments/format-value.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { getTypeName } from '../type-name.ts'

/** Pixels: row-major, channels last. `data[(y * width + x) * channels + c]`. */
export interface Image<Data extends PixelData = PixelData> {
  /** Bytes 0..255 as read (`Uint8Array`), or real numbers after normalization (`Float32Array`). */
  readonly data: Data
  readonly width: number
  readonly height: number
  /** 1 is gray, 3 is red, green, blue. */
  readonly channels: Channels
}

export type PixelData = Uint8Array | Float32Array
export type Channels = 1 | 3

/**
 * Creates an image from its pixels.
 *
 * @throws `IMAGE_DATA` unless `data` is a `Uint8Array` or a `Float32Array`
 * @throws `IMAGE_CHANNELS` unless `channels` is 1 or 3
 * @throws `IMAGE_SIZE` unless both sides are positive integers and `data` holds width * height * channels numbers
 */
export function createImage<Data extends PixelData>(
  data: Data,
  width: number,
  height: number,
  channels: Channels,
): Image<Data> {
  const image = { data, width, height, channels }
  checkImage(image)
  return image
}

/** Checks what {@link createImage} does, for images that were made without it. */
export function checkImage({ data, width, height, channels }: Image): void {
  checkPixelData(data)
  if (channels !== 1 && channels !== 3) {
    throw new FacekpError({
      code: 'IMAGE_CHANNELS',
      problem: 'the image has an unsupported number of channels',
      received: formatValue(channels),
      expected: '1 (gray) or 3 (red, green, blue); remove an alpha channel',
    })
  }
  const areSidesValid = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!areSidesValid || data.length !== width * height * channels) {
    throw new FacekpError({
      code: 'IMAGE_SIZE',
      problem: 'the image has the wrong number of pixel values',
      received: `${data.length} numbers for ${width} x ${height} x ${channels}`,
      expected: 'width * height * channels numbers, both sides positive integers',
    })
  }
}

function checkPixelData(data: unknown): void {
  const type = getTypeName(data)
  if (type === 'Uint8Array' || type === 'Float32Array') return
  throw new FacekpError({
    code: 'IMAGE_DATA',
    problem: 'the pixels have an unsupported type',
    received: type,
    expected:
      'a Uint8Array of bytes 0 to 255 (Uint8Array.from(data)), or a Float32Array of normalized numbers (Float32Array.from(data))',
  })
}

/**
 * Normalizes bytes 0..255 to -0.5..0.5 (value / 255 - 0.5), the default input range of the networks. An image of real numbers
 * counts as normalized and is returned unchanged.
 *
 * @throws `IMAGE_DATA` for pixels of another type
 */
export function normalizeImage(image: Image): Image<Float32Array> {
  checkArgument(KINDS.object, image, 'image', 'normalizeImage')
  const { data } = image
  checkPixelData(data)
  if (data instanceof Float32Array) return image as Image<Float32Array>
  // `Float32Array.from` takes 40 times as long as this loop, which runs over every image that a network sees.
  const normalized = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) normalized[i] = (data[i] as number) / 255 - 0.5
  return { ...image, data: normalized }
}
