import { createImage, type Image } from '@facekp/core'
import { Jimp } from 'jimp'
import { cropImage } from './crop.ts'
import type { ImageFormat } from './detect-format.ts'
import type { StoredPart } from './stored-part.ts'

/** Returns whether jimp reads a format. Its JPEG is not used: it repeats chroma and takes every image for YCbCr. */
export function isReadByJimp(format: ImageFormat): boolean {
  return format === 'png' || format === 'bmp'
}

/**
 * Decodes a box of a PNG or BMP to RGB after the header was checked. jimp is pinned to 1.6.0: the browser's entry of 1.6.1 is
 * empty (https://github.com/jimp-dev/jimp/issues/1402).
 */
export async function decodeWithJimp({ bytes, box }: StoredPart): Promise<Image<Uint8Array>> {
  // The ArrayBuffer is a copy: a browser has no Buffer.
  const { bitmap } = await Jimp.fromBuffer(new Uint8Array(bytes).buffer)
  return cropImage(createImage(removeAlpha(bitmap.data), bitmap.width, bitmap.height, 3), box)
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
