import { createImage, type Image } from '@facekp/core'
import { Jimp } from 'jimp'
import { toGray, toRgb } from './color.ts'
import { damaged } from './errors.ts'
import { checkHeader } from './header.ts'
import { checkDecodeOptions, type DecodeOptions } from './options.ts'

/**
 * Decodes a JPEG, PNG or BMP, in Node and in a browser.
 *
 * A JPEG is turned upright as its EXIF orientation says (all eight). Alpha is dropped and the colors below it are kept
 * as they are stored: nothing is blended with a background. 16 bits become 8 by `round(value * 255 / 65535)`. Color
 * profiles are not applied.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError `IMAGE_EMPTY` (0 bytes), `IMAGE_UNKNOWN` (not a picture), `IMAGE_UNSUPPORTED` (GIF, WebP, TIFF …,
 *   and rare kinds such as a JPEG in CMYK or a packed BMP), `IMAGE_TRUNCATED`, `IMAGE_TOO_LARGE` (more than `maxPixels`;
 *   it is not decoded), `IMAGE_DAMAGED` (the decoder gave up), `IMAGE_OPTIONS`
 * @example
 * ```ts
 * const image = await decodeImage(new Uint8Array(await file.arrayBuffer()), { name: file.name, channels: 1 })
 * ```
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image<Uint8Array>> {
  const { name, maxPixels, channels } = checkDecodeOptions(options)
  checkHeader(bytes, name, maxPixels)
  const image = await decodeByJimp(bytes, name, maxPixels)
  return channels === 1 ? toGray(image) : toRgb(image)
}

/**
 * To RGB. The header must have been checked. jimp is held at 1.6.0: the browser's entry of 1.6.1 is empty
 * (https://github.com/jimp-dev/jimp/issues/1402).
 */
async function decodeByJimp(bytes: Uint8Array, name: string, maxPixels: number): Promise<Image<Uint8Array>> {
  try {
    // jimp turns a JPEG upright by itself. It takes an ArrayBuffer, a copy, since a browser has no Buffer.
    const { bitmap } = await Jimp.fromBuffer(new Uint8Array(bytes).buffer, {
      'image/jpeg': {
        tolerantDecoding: false,
        maxResolutionInMP: Math.ceil(maxPixels / 1e6),
        maxMemoryUsageInMB: Number.POSITIVE_INFINITY,
      },
    })
    return createImage(withoutAlpha(bitmap.data), bitmap.width, bitmap.height, 3)
  } catch (error) {
    throw damaged(name, error)
  }
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number
    rgb[to + 1] = rgba[from + 1] as number
    rgb[to + 2] = rgba[from + 2] as number
  }
  return rgb
}
