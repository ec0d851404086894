import { type Box, FacekpError, type Image, type PixelData } from '@facekp/core'
import { likeData } from './color.ts'

/**
 * Cuts out `box`, whose edges must be whole pixels. What of it lies beyond the image is filled with `pad` (default 0:
 * black in bytes, middle gray where pixels are normalized to -0.5..0.5).
 *
 * Throws `CROP_BOX` where an edge is not a whole number or the box has no area.
 */
export function cropImage<Data extends PixelData>(
  image: Image<Data>,
  box: Box,
  { pad = 0 }: { readonly pad?: number } = {},
): Image<Data> {
  checkCropBox(box)
  const { left, top, width, height } = box
  const { channels } = image
  const data = likeData(image.data, width * height * channels)
  data.fill(pad)
  const fromX = Math.max(left, 0)
  const toX = Math.min(left + width, image.width)
  const toY = Math.min(top + height, image.height)
  for (let y = Math.max(top, 0); y < toY && fromX < toX; y++) {
    const row = image.data.subarray((y * image.width + fromX) * channels, (y * image.width + toX) * channels)
    data.set(row, ((y - top) * width + fromX - left) * channels)
  }
  return { ...image, data, width, height }
}

/** Throws `CROP_BOX` where an edge is not a whole number, the box has no area, or one of more than `maxPixels`. */
export function checkCropBox(box: Box, maxPixels: number = Number.POSITIVE_INFINITY): void {
  const { left, top, width, height } = box
  const whole = [left, top, width, height].every(Number.isInteger)
  if (whole && width > 0 && height > 0 && width * height <= maxPixels) return
  throw new FacekpError({
    code: 'CROP_BOX',
    problem: 'the box to cut out does not lie on whole pixels, or has no area or too large a one',
    received: JSON.stringify(box),
    expected: `whole left, top, width and height, the last two positive${whole ? `; at most ${maxPixels} pixels` : ''}`,
  })
}
