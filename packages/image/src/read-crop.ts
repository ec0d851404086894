import type { Box, Image } from '@facekp/core'
import { cropImage } from './crop.ts'
import type { ReadOptions } from './options.ts'
import { readImage } from './read.ts'
import { resizeImage } from './resize.ts'

/** What of a picture to read, and how large. */
export interface CropToRead {
  /** Whole pixels; what of it lies beyond the picture is filled with `pad`. */
  readonly box: Box
  /** Of what comes out. */
  readonly width: number
  readonly height: number
  /** 0..255, default 0. */
  readonly pad?: number
}

/** Reads a part of a picture file and resizes it: what `readImage`, `cropImage` and `resizeImage` do. Throws what they throw. */
export async function readCrop(
  path: string,
  { box, width, height, pad = 0 }: CropToRead,
  options: ReadOptions = {},
): Promise<Image<Uint8Array>> {
  return resizeImage(cropImage(await readImage(path, options), box, { pad }), width, height)
}
