import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { ReadOptions } from './options.ts'
import { openImage } from './read.ts'

/**
 * Reads the size of the image that `readImage` returns, without decoding its pixels.
 *
 * @param options.orientation `apply` (default): as displayed, turned upright by the EXIF orientation; `ignore`: as stored
 * @param options.maxPixels width * height above which the image is refused, as by `readImage`; default 100 million
 * @returns in pixels
 * @throws FacekpError what `readImage` throws before it decodes
 * @example
 * ```ts
 * const stored = await readImageSize('phone.jpg', { orientation: 'ignore' })
 * ```
 */
export async function readImageSize(
  path: string,
  options: Pick<ReadOptions, 'orientation' | 'maxPixels'> = {},
): Promise<{ readonly width: number; readonly height: number }> {
  checkArgument(KINDS.path, path, 'path', 'readImageSize')
  checkArgument(KINDS.object, options, 'options', 'readImageSize')
  // Readers of datasets pass all options of `readImage`; a decoder that does not load must not matter here.
  const { orientation, maxPixels } = options
  const { header } = await openImage(path, {
    ...(orientation !== undefined && { orientation }),
    ...(maxPixels !== undefined && { maxPixels }),
  })
  return { width: header.width, height: header.height }
}
