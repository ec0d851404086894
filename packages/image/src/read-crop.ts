import type { Box, Image } from '@facekp/core'
import { checkCropBox, cropImage } from './crop.ts'
import { decodeImage } from './decode.ts'
import type { ImageHeader } from './header.ts'
import type { ReadOptions } from './options.ts'
import { inChannels, openPicture } from './read.ts'
import { resizeImage } from './resize.ts'
import { decodeBySharp } from './sharp.ts'

/** What of a picture to read, and how large. */
export interface ReadCropOptions {
  /** Whole pixels of the upright picture; what of it lies beyond the picture is filled with `pad`. */
  readonly box: Box
  /** Of what comes out. */
  readonly width: number
  readonly height: number
  /** 0..255, default 0. */
  readonly pad?: number
}

/**
 * Reads a part of a picture file and resizes it: what `readImage`, `cropImage` and `resizeImage` do, and by sharp faster, since no
 * more is decoded than is needed.
 *
 * @returns height x width x channels, bytes 0..255
 * @throws FacekpError all that those three throw; `CROP_BOX` also for a box of more than `maxPixels`
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
  const { bytes, header, sharp, decodeOptions } = await openPicture(path, options)
  checkCropBox(box, decodeOptions.maxPixels)
  const part = sharp && within(box, header)
  if (!part) return resizeImage(cropImage(await decodeImage(bytes, decodeOptions), box, { pad }), width, height)
  const seen = inChannels(await decodeBySharp(sharp, bytes, header, path, part), decodeOptions.channels)
  const { left, top } = part
  return resizeImage(cropImage(seen, { ...box, left: box.left - left, top: box.top - top }, { pad }), width, height)
}

/** What of the box the picture has, if anything. */
function within(box: Box, { width, height }: ImageHeader): Box | undefined {
  const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)]
  const part = {
    left,
    top,
    width: Math.min(box.left + box.width, width) - left,
    height: Math.min(box.top + box.height, height) - top,
  }
  return part.width > 0 && part.height > 0 ? part : undefined
}
