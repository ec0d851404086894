import { openImage } from './read.ts'

/**
 * Reads the size of an image file as it is displayed, turned upright by its EXIF orientation, without decoding its pixels.
 *
 * @throws FacekpError what `readImage` throws before it decodes
 */
export async function readImageSize(path: string): Promise<{ readonly width: number; readonly height: number }> {
  const { header } = await openImage(path, {})
  return { width: header.width, height: header.height }
}
