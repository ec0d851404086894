import { createImage, type Image } from '@facekp/core'
import { Jimp } from 'jimp'
import { toGray, toRgb } from './color.ts'
import { damagedError } from './errors.ts'
import { hideExif } from './exif-orientation.ts'
import { checkHeader } from './header.ts'
import { checkDecodeOptions, type DecodeOptions } from './options.ts'
import { orientImage } from './orient.ts'

/**
 * Decodes a JPEG, PNG or BMP, in Node and in a browser.
 *
 * The image is turned upright by its EXIF orientation unless option `orientation` is `ignore`. Alpha is dropped without blending. 16 bits become 8 by
 * `round(value * 255 / 65535)`. Color profiles are not applied.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError `IMAGE_EMPTY` (0 bytes), `IMAGE_UNKNOWN` (not an image), `IMAGE_UNSUPPORTED` (GIF, WebP, TIFF …,
 *   CMYK JPEG, compressed BMP), `IMAGE_TRUNCATED`, `IMAGE_TOO_LARGE` (more than `maxPixels`;
 *   it is not decoded), `IMAGE_DAMAGED` (the decoder failed), `IMAGE_OPTIONS`
 * @example
 * ```ts
 * const image = await decodeImage(new Uint8Array(await file.arrayBuffer()), { name: file.name, channels: 1 })
 * ```
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image<Uint8Array>> {
  const checked = checkDecodeOptions(options)
  const { name, maxPixels, channels } = checked
  const { format, orientation } = checkHeader(bytes, checked)
  const image = orientImage(
    await decodeWithJimp(format === 'jpeg' ? hideExif(bytes) : bytes, name, maxPixels),
    orientation,
  )
  return channels === 1 ? toGray(image) : toRgb(image)
}

/**
 * Decodes to RGB after the header was checked. jimp is pinned to 1.6.0: the browser's entry of 1.6.1 is empty
 * (https://github.com/jimp-dev/jimp/issues/1402).
 */
async function decodeWithJimp(bytes: Uint8Array, name: string, maxPixels: number): Promise<Image<Uint8Array>> {
  try {
    // The ArrayBuffer is a copy: a browser has no Buffer.
    const { bitmap } = await Jimp.fromBuffer(new Uint8Array(bytes).buffer, {
      'image/jpeg': {
        tolerantDecoding: false,
        maxResolutionInMP: Math.ceil(maxPixels / 1e6),
        maxMemoryUsageInMB: Number.POSITIVE_INFINITY,
      },
    })
    return createImage(removeAlpha(bitmap.data), bitmap.width, bitmap.height, 3)
  } catch (error) {
    throw damagedError(name, error)
  }
}

function removeAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number
    rgb[to + 1] = rgba[from + 1] as number
    rgb[to + 2] = rgba[from + 2] as number
  }
  return rgb
}
