import { type Box, checkArgument, type Image, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkCropBox, cropImage } from './crop.ts'
import { decodePart } from './decode-part.ts'
import type { ImageHeader } from './header.ts'
import type { ReadOptions } from './options.ts'
import { openImage } from './read.ts'
import { resizeImage } from './resize.ts'

const READ_CROP_CROP = objectKind({ box: KINDS.box })

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
 * Faster than these, since only the needed part is decoded. Damage outside it may go unnoticed.
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
  crop: ReadCropOptions,
  options: ReadOptions = {},
): Promise<Image<Uint8Array>> {
  checkArgument(KINDS.path, path, 'path', 'readCrop')
  checkArgument(READ_CROP_CROP, crop, 'crop', 'readCrop')
  const { box, width, height, pad = 0 } = crop
  checkArgument(KINDS.object, options, 'options', 'readCrop')
  const { bytes, header, partOptions, maxPixels } = await openImage(path, options)
  checkCropBox(box, maxPixels)
  const part = cropToImage(box, header) ?? { left: 0, top: 0, width: 1, height: 1 }
  const pixels = await decodePart(bytes, header, { ...partOptions, part })
  const { left, top } = part
  // The sides alone do not tell: a box of one pixel may lie outside.
  const isInside = left === box.left && top === box.top && part.width === box.width && part.height === box.height
  const relative = { ...box, left: box.left - left, top: box.top - top }
  return resizeImage(isInside ? pixels : cropImage(pixels, relative, { pad }), width, height)
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
