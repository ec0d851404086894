import type { Box, Image } from '@facekp/core'
import { checkCropBox, cropImage } from './crop.ts'
import { decodeImage } from './decode.ts'
import type { ImageHeader } from './header.ts'
import type { ReadOptions } from './options.ts'
import { openImage, toChannels } from './read.ts'
import { resizeImage } from './resize.ts'
import { decodeWithSharp } from './sharp.ts'

/** The part of an image to read, and its output size. */
export interface ReadCropOptions {
  /** Box of whole pixels of the image that `readImage` returns, upright by default; it may extend beyond the image. */
  readonly box: Box
  /** Output size in pixels. */
  readonly width: number
  readonly height: number
  /** Value of pixels outside the image, 0..255; default 0. */
  readonly pad?: number
}

/**
 * Reads a part of an image file and resizes it, as `readImage`, `cropImage` and `resizeImage` do.
 *
 * Faster than these with sharp, which decodes the needed part only.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError the errors of these functions; `CROP_BOX` also if the box has more than `maxPixels`
 * @example
 * ```ts
 * const face = await readCrop('helen/trainset/1.jpg', { box, width: 240, height: 240 }, { channels: 1 })
 * ```
 */
export async function readCrop(
  path: string,
  { box, width, height, pad = 0 }: ReadCropOptions,
  options: ReadOptions = {},
): Promise<Image<Uint8Array>> {
  const { bytes, header, sharp, decodeOptions } = await openImage(path, options)
  checkCropBox(box, decodeOptions.maxPixels)
  const part = sharp && cropToImage(box, header)
  if (!part) return resizeImage(cropImage(await decodeImage(bytes, decodeOptions), box, { pad }), width, height)
  const pixels = toChannels(await decodeWithSharp(sharp, bytes, header, path, part), decodeOptions.channels)
  const { left, top } = part
  return resizeImage(cropImage(pixels, { ...box, left: box.left - left, top: box.top - top }, { pad }), width, height)
}

/** Crops a box to the image; undefined if they do not overlap. */
function cropToImage(box: Box, { width, height }: ImageHeader): Box | undefined {
  const left = Math.max(box.left, 0)
  const top = Math.max(box.top, 0)
  const part = {
    left,
    top,
    width: Math.min(box.left + box.width, width) - left,
    height: Math.min(box.top + box.height, height) - top,
  }
  return part.width > 0 && part.height > 0 ? part : undefined
}
