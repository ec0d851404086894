import { type Affine, type Box, composeAffine, cropAndResize, type Image, invert, warpAffine } from '@facekp/core'
import type { ResolvedDetectOptions } from './detection.ts'
import { notFiniteError } from './errors.ts'

/** The longer side of the network's input in pixels. */
export const INPUT_SIDE = 256
/** The sides of the network's input are multiples of this: a side of a cell of the coarsest grid, in pixels. */
const CELL_SIDE = 32

/** A part of an image as the network sees it: resized, and rotated by a multiple of 90 degrees. */
export interface View {
  /** The part; it may extend beyond the image. */
  readonly region: Box
  /** Maps point coordinates of the view to those of the image. */
  readonly toImage: Affine
  /** In pixels; the longer one is {@link INPUT_SIDE}. */
  readonly width: number
  readonly height: number
  /** height x width x 3 numbers -1..1, black beyond the image. */
  readonly pixels: Float32Array
}

/** Renders the views of an image one after another: all of it, then its tiles; each in one or four rotations. */
export function* renderViews(image: Image, { tiles, rotations }: ResolvedDetectOptions): Generator<View> {
  for (const region of listRegions(image, tiles)) {
    const view = renderRegion(image, region)
    yield view
    if (!rotations) continue
    for (const rotation of listRotations(view)) yield rotateView(view, rotation)
  }
}

/**
 * Lists the regions to search: the smallest one around the image, and `tiles` squares along its longer side if that is not 1. All sides
 * of the first one are multiples of an eighth of the longer one.
 */
export function listRegions(image: Pick<Image, 'width' | 'height'>, tiles: number): Box[] {
  const { width, height } = image
  const side = Math.max(width, height)
  const wholeWidth = roundUpToCells(width, side)
  const wholeHeight = roundUpToCells(height, side)
  const whole = {
    left: (width - wholeWidth) / 2,
    top: (height - wholeHeight) / 2,
    width: wholeWidth,
    height: wholeHeight,
  }
  if (tiles === 1) return [whole]
  const tileSide = (2 * side) / (tiles + 1)
  const lefts = listStarts(width, tileSide)
  const tops = listStarts(height, tileSide)
  return [whole, ...tops.flatMap((top) => lefts.map((left) => ({ left, top, width: tileSide, height: tileSide })))]
}

/** Extends a length of an image to whole cells of the network, which has `INPUT_SIDE / CELL_SIDE` along the longer side. */
function roundUpToCells(length: number, longerSide: number): number {
  const cell = (longerSide * CELL_SIDE) / INPUT_SIDE
  // Rounding errors must not add a cell.
  return Math.ceil(length / cell - 1e-9) * cell
}

/** Covers a length with sections that overlap by half or more: where each starts. */
function listStarts(length: number, section: number): number[] {
  if (length <= section) return [(length - section) / 2]
  // Rounding errors must not add a section.
  const steps = Math.ceil((2 * (length - section)) / section - 1e-9)
  return Array.from({ length: steps + 1 }, (_, i) => (i * (length - section)) / steps)
}

function renderRegion(image: Image, region: Box): View {
  const scale = INPUT_SIDE / Math.max(region.width, region.height)
  const width = Math.round(scale * region.width)
  const height = Math.round(scale * region.height)
  const toImage = invert(cropAndResize(region, width, height))
  const areBytes = image.data instanceof Uint8Array
  const border = { constant: areBytes ? 0 : -0.5 }
  const { data, channels } = warpAffine(image, toImage, { width, height, border })
  const factor = areBytes ? 2 / 255 : 2
  const offset = areBytes ? -1 : 0
  const pixels = new Float32Array(width * height * 3)
  for (let to = 0; to < pixels.length; to++) {
    const from = channels === 3 ? to : Math.trunc(to / 3)
    pixels[to] = (data[from] as number) * factor + offset
  }
  if (!areBytes && !pixels.every(Number.isFinite)) throw notFiniteError()
  return { region, toImage, width, height, pixels }
}

/** Lists maps from rotated views to a view: by 180 degrees, and clockwise by 90 and 270, which exchanges width and height. */
function listRotations({ width, height }: View): Affine[] {
  return [
    [-1, 0, width - 1, 0, -1, height - 1],
    [0, 1, 0, -1, 0, height - 1],
    [0, -1, width - 1, 1, 0, 0],
  ]
}

/** Rotates a view by moving whole pixels, which is exact. */
function rotateView(view: View, rotation: Affine): View {
  const [a, b, c, d, e, f] = rotation
  const width = a === 0 ? view.height : view.width
  const height = a === 0 ? view.width : view.height
  const pixels = new Float32Array(view.pixels.length)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * ((d * x + e * y + f) * view.width + a * x + b * y + c)
      for (let channel = 0; channel < 3; channel++, to++) pixels[to] = view.pixels[from + channel] as number
    }
  }
  return { region: view.region, toImage: composeAffine(rotation, view.toImage), width, height, pixels }
}
