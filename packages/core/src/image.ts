import { FacekpError } from './errors.ts'

/** Pixels: row-major, channels last. `data[(y * width + x) * channels + c]`. */
export interface Image<Data extends PixelData = PixelData> {
  /** 0..255 as read (`Uint8Array`), or after normalization real numbers (`Float32Array`). */
  readonly data: Data
  readonly width: number
  readonly height: number
  /** 1 is gray, 3 is red, green, blue. */
  readonly channels: Channels
}

export type PixelData = Uint8Array | Float32Array
export type Channels = 1 | 3

/**
 * Makes an image, checking that `data` holds width * height * channels numbers.
 * Throws `IMAGE_SIZE` where it does not, or where a side is not a positive whole number.
 */
export function createImage<Data extends PixelData>(
  data: Data,
  width: number,
  height: number,
  channels: Channels,
): Image<Data> {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!whole || data.length !== width * height * channels) {
    throw new FacekpError({
      code: 'IMAGE_SIZE',
      problem: 'the pixels do not fill the image',
      received: `${data.length} numbers for ${width} x ${height} x ${channels}`,
      expected: 'width * height * channels numbers, both sides positive whole numbers',
    })
  }
  return { data, width, height, channels }
}

/**
 * 0..255 to -0.5..0.5 (value / 255 - 0.5), what networks here are fed. An image that holds real numbers already is
 * taken as normalized and returned as it is.
 */
export function normalizeImage(image: Image): Image<Float32Array> {
  const { data } = image
  if (data instanceof Float32Array) return image as Image<Float32Array>
  // A loop: `Float32Array.from` takes 40 times as long, and this is done to every picture that a network sees.
  const normalized = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) normalized[i] = (data[i] as number) / 255 - 0.5
  return { ...image, data: normalized }
}
