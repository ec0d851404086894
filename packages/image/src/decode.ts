import { checkArgument, type Image } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { decodePart } from './decode-part.ts'
import { checkHeader } from './header.ts'
import { checkDecodeOptions, type DecodeOptions } from './options.ts'

/**
 * Decodes a JPEG, PNG or BMP, in Node and in a browser.
 *
 * The image is turned upright by its EXIF orientation unless option `orientation` is `ignore`. Alpha is dropped without
 * blending. 16 bits become 8 by `round(value * 255 / 65535)`. Color profiles are not applied. A JPEG has the pixels that PIL
 * and libvips read.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError `IMAGE_EMPTY` (0 bytes), `IMAGE_UNKNOWN` (not an image), `IMAGE_UNSUPPORTED` (GIF, WebP, TIFF …,
 *   compressed BMP), `IMAGE_TRUNCATED`, `IMAGE_TOO_LARGE` (more than `maxPixels`;
 *   it is not decoded), `IMAGE_DAMAGED` (the decoder failed), `IMAGE_OPTIONS`
 * @example
 * ```ts
 * const image = await decodeImage(new Uint8Array(await file.arrayBuffer()), { name: file.name, channels: 1 })
 * ```
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image<Uint8Array>> {
  checkArgument(KINDS.bytes, bytes, 'bytes', 'decodeImage')
  checkArgument(KINDS.object, options, 'options', 'decodeImage')
  const checked = checkDecodeOptions(options)
  return decodePart(bytes, checkHeader(bytes, checked), checked)
}
