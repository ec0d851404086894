import { type Affine, type Box, composeAffine, cropAndResize, type Image, invert, warpAffine } from '@facekp/core'
import type { ResolvedDetectOptions } from './detection.ts'

/** Side of the network's input in pixels. */
export const INPUT_SIDE = 256

/** A part of an image as the network sees it: a square, resized, and rotated by a multiple of 90 degrees. */
export interface View {
  /** The square; it may extend beyond the image. */
  readonly region: Box
  /** Maps point coordinates of the view to those of the image. */
  readonly toImage: Affine
  /** 256 x 256 x 3 numbers -1..1, black beyond the image. */
  readonly pixels: Float32Array
}

/** Clockwise quarter rotations: the rotated view at p shows the upright one at `QUARTER_ROTATIONS[k]` of p. */
const QUARTER_ROTATIONS: readonly Affine[] = [
  [1, 0, 0, 0, 1, 0],
  [0, 1, 0, -1, 0, INPUT_SIDE - 1],
  [-1, 0, INPUT_SIDE - 1, 0, -1, INPUT_SIDE - 1],
  [0, -1, INPUT_SIDE - 1, 1, 0, 0],
]

/** Renders the views of an image one after another: the smallest square around all of it, then its tiles; each in one or four rotations. */
export function* renderViews(image: Image, { tiles, rotations }: ResolvedDetectOptions): Generator<View> {
  for (const region of listRegions(image, tiles)) {
    const toImage = invert(cropAndResize(region, INPUT_SIDE, INPUT_SIDE))
    const pixels = renderRegion(image, toImage)
    yield { region, toImage, pixels }
    if (!rotations) continue
    for (const rotation of QUARTER_ROTATIONS.slice(1)) {
      yield { region, toImage: composeAffine(rotation, toImage), pixels: movePixels(pixels, rotation) }
    }
  }
}

/** Lists the squares to search: the smallest one around the image, and `tiles` along its longer side if that is not 1. */
export function listRegions(image: Pick<Image, 'width' | 'height'>, tiles: number): Box[] {
  const { width, height } = image
  const side = Math.max(width, height)
  const whole = { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side }
  if (tiles === 1) return [whole]
  const tileSide = (2 * side) / (tiles + 1)
  const lefts = listStarts(width, tileSide)
  const tops = listStarts(height, tileSide)
  return [whole, ...tops.flatMap((top) => lefts.map((left) => ({ left, top, width: tileSide, height: tileSide })))]
}

/** Covers a length with sections that overlap by half or more: where each starts. */
function listStarts(length: number, section: number): number[] {
  if (length <= section) return [(length - section) / 2]
  // Rounding errors must not add a section.
  const steps = Math.ceil((2 * (length - section)) / section - 1e-9)
  return Array.from({ length: steps + 1 }, (_, i) => (i * (length - section)) / steps)
}

function renderRegion(image: Image, toImage: Affine): Float32Array {
  const areBytes = image.data instanceof Uint8Array
  const border = { constant: areBytes ? 0 : -0.5 }
  const { data, channels } = warpAffine(image, toImage, { width: INPUT_SIDE, height: INPUT_SIDE, border })
  const factor = areBytes ? 2 / 255 : 2
  const offset = areBytes ? -1 : 0
  const pixels = new Float32Array(INPUT_SIDE * INPUT_SIDE * 3)
  for (let to = 0; to < pixels.length; to++) {
    const from = channels === 3 ? to : Math.trunc(to / 3)
    pixels[to] = (data[from] as number) * factor + offset
  }
  return pixels
}

/** Moves whole pixels, which is exact. */
function movePixels(pixels: Float32Array, [a, b, c, d, e, f]: Affine): Float32Array {
  const moved = new Float32Array(pixels.length)
  for (let y = 0, to = 0; y < INPUT_SIDE; y++) {
    for (let x = 0; x < INPUT_SIDE; x++) {
      const from = 3 * ((d * x + e * y + f) * INPUT_SIDE + a * x + b * y + c)
      for (let channel = 0; channel < 3; channel++, to++) moved[to] = pixels[from + channel] as number
    }
  }
  return moved
}
