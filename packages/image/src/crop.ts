import {
  type ArgumentKind,
  type Box,
  checkArgument,
  FacekpError,
  formatValue,
  type Image,
  optionsKind,
  type PixelData,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createPixelData } from './color.ts'

const CROP_IMAGE_OPTIONS = optionsKind({ pad: KINDS.number })
const BYTE_PAD: ArgumentKind<number> = {
  expected: 'a number of 0 to 255, since the pixels are bytes',
  test: (value) => (value as number) >= 0 && (value as number) <= 255,
}

/**
 * Crops an image to a box of whole pixels.
 *
 * @param box in pixels along the edges; it may extend beyond the image
 * @param options.pad value of the pixels outside the image, 0..255 for bytes; default 0 (black in bytes, middle gray in -0.5..0.5)
 * @throws FacekpError `CROP_BOX` if an edge is not an integer, or the box has no area or too many pixels for the memory
 */
export function cropImage<Data extends PixelData>(
  image: Image<Data>,
  box: Box,
  options: { readonly pad?: number } = {},
): Image<Data> {
  checkArgument(KINDS.image, image, 'image', 'cropImage')
  checkArgument(KINDS.object, box, 'box', 'cropImage')
  checkArgument(CROP_IMAGE_OPTIONS, options, 'options', 'cropImage')
  const { pad = 0 } = options
  if (image.data instanceof Uint8Array) checkArgument(BYTE_PAD, pad, 'options.pad', 'cropImage')
  checkCropBox(box)
  const { left, top, width, height } = box
  const { channels } = image
  const data = allocate(image, box)
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

function allocate<Data extends PixelData>({ data, channels }: Image<Data>, box: Box): Data {
  try {
    return createPixelData(data, box.width * box.height * channels)
  } catch (cause) {
    throw cropBoxError(box, 'a box with fewer pixels: there is no memory for these', cause)
  }
}

/** Checks a box. Throws `CROP_BOX` if an edge is not an integer or the area is 0 or above `maxPixels`. */
export function checkCropBox(box: Box, maxPixels: number = Number.POSITIVE_INFINITY): void {
  const { left, top, width, height } = box
  const isBox = [left, top, width, height].every(Number.isInteger) && width > 0 && height > 0
  if (isBox && width * height <= maxPixels) return
  const limit = isBox ? `; at most ${maxPixels} pixels` : ''
  throw cropBoxError(box, `integer left and top, positive integer width and height${limit}`)
}

function cropBoxError(box: Box, expected: string, cause?: unknown): FacekpError {
  return new FacekpError({ code: 'CROP_BOX', problem: 'invalid crop box', received: formatValue(box), expected, cause })
}
