import type { Box, Image } from '@facekp/core'
import { createPixelData } from './color.ts'

/** An EXIF orientation: 1 is upright, 3 upside down, 6 and 8 are rotated by 90 degrees; the others are also mirrored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Computes the size of an image after it is turned upright. */
export function orientSize({ width, height }: Size, orientation: Orientation): Size {
  return orientation > 4 ? { width: height, height: width } : { width, height }
}

/** Turns an image upright. */
export function orientImage(image: Image<Uint8Array>, orientation: Orientation): Image<Uint8Array> {
  if (orientation === 1) return image
  const { data, channels } = image
  const { width, height } = orientSize(image, orientation)
  const { start, right, down } = computeSteps(image, orientation)
  const upright = createPixelData(data, data.length)
  let to = 0
  for (let y = 0; y < height; y++) {
    let from = (start + y * down) * channels
    for (let x = 0; x < width; x++, from += right * channels) {
      for (let c = 0; c < channels; c++) upright[to++] = data[from + c] as number
    }
  }
  return { data: upright, width, height, channels }
}

/** Computes the first pixel of the upright image in the stored one, and the steps to the pixels to the right of a pixel and below it. */
function computeSteps(
  { width, height }: Size,
  orientation: Orientation,
): { start: number; right: number; down: number } {
  const { swapsAxes, mirrorsX, mirrorsY } = AXES[orientation]
  const start = (mirrorsX ? width - 1 : 0) + (mirrorsY ? (height - 1) * width : 0)
  const alongX = mirrorsX ? -1 : 1
  const alongY = mirrorsY ? -width : width
  return swapsAxes ? { start, right: alongY, down: alongX } : { start, right: alongX, down: alongY }
}

/** Finds the box in the stored image that shows a box of the upright one. */
export function unorientBox(box: Box, stored: Size, orientation: Orientation): Box {
  const { swapsAxes, mirrorsX, mirrorsY } = AXES[orientation]
  const { left, top, width, height } = swapsAxes
    ? { left: box.top, top: box.left, width: box.height, height: box.width }
    : box
  return {
    left: mirrorsX ? stored.width - left - width : left,
    top: mirrorsY ? stored.height - top - height : top,
    width,
    height,
  }
}

/** Relation of the upright image to the stored one: whether its rows are stored columns, and which stored axes are reversed. */
const AXES: Readonly<Record<Orientation, { swapsAxes: boolean; mirrorsX: boolean; mirrorsY: boolean }>> = {
  1: { swapsAxes: false, mirrorsX: false, mirrorsY: false },
  2: { swapsAxes: false, mirrorsX: true, mirrorsY: false },
  3: { swapsAxes: false, mirrorsX: true, mirrorsY: true },
  4: { swapsAxes: false, mirrorsX: false, mirrorsY: true },
  5: { swapsAxes: true, mirrorsX: false, mirrorsY: false },
  6: { swapsAxes: true, mirrorsX: false, mirrorsY: true },
  7: { swapsAxes: true, mirrorsX: true, mirrorsY: true },
  8: { swapsAxes: true, mirrorsX: true, mirrorsY: false },
}
