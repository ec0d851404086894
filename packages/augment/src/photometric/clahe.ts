import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation, Size } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { createPhotometricOp, fromUnits, luminances, reflectIndex, toUnits } from './pixels.ts'

export interface ClaheOptions {
  /** Limit of the slope of a tile's curve, at least 1: 1 to this number, or [from, to]. Default 4. */
  readonly clipLimit?: number | readonly [from: number, to: number]
  /** Tiles along each axis, default 8. */
  readonly tiles?: number
}

export type ClaheParams = { readonly clipLimit: number }

const limit = z.number().check(z.minimum(1), z.maximum(256))

const definition: Definition<Required<ClaheOptions>, ClaheParams> = {
  name: 'clahe',
  options: z.strictObject({
    clipLimit: z._default(z.union([limit, pairSchema(1, 256)]), 4),
    tiles: z._default(z.int().check(z.minimum(1), z.maximum(64)), 8),
  }),
  params: z.strictObject({ clipLimit: limit }),
  makeParams: (random, _, { clipLimit }) => ({
    clipLimit: typeof clipLimit === 'number' ? random.uniform(1, clipLimit) : random.uniform(...clipLimit),
  }),
  createOp: ({ clipLimit }, { tiles }) => createPhotometricOp((image) => equalizeImage(image, clipLimit, tiles)),
}

/**
 * Applies contrast-limited adaptive histogram equalization with 256 levels, like OpenCV's `createCLAHE`.
 *
 * Of a color image the luminance is equalized, and each channel changes by the same amount.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * clahe({ clipLimit: 3 })
 * ```
 *
 * Source: Zuiderveld, Graphics Gems IV, 1994.
 */
export function clahe(options: ClaheOptions = {}): Augmentation<ClaheParams> {
  return define(definition, options)
}

function equalizeImage(image: Image, clipLimit: number, tiles: number): Image {
  const { channels } = image
  const units = toUnits(image)
  const before = luminances(units, channels)
  const levels = Uint8Array.from(before.map((unit) => Math.round(unit * 255)))
  const after = equalize(levels, image, clipLimit, tiles)
  return fromUnits(
    image,
    units.map((unit, i) => {
      const pixel = Math.floor(i / channels)
      return unit + (after[pixel] as number) / 255 - (before[pixel] as number)
    }),
  )
}

function equalize(levels: Uint8Array, { width, height }: Size, clipLimit: number, tiles: number): Uint8Array {
  const [tileWidth, tileHeight] = computeTileSize({ width, height }, tiles)
  const curves = Array.from({ length: tiles * tiles }, (_, tile) => {
    const left = (tile % tiles) * tileWidth
    const top = Math.floor(tile / tiles) * tileHeight
    const histogram = new Int32Array(256)
    for (let y = top; y < top + tileHeight; y++) {
      for (let x = left; x < left + tileWidth; x++) {
        const level = levels[reflectIndex(y, height) * width + reflectIndex(x, width)] as number
        histogram[level] = (histogram[level] as number) + 1
      }
    }
    return computeCurve(histogram, tileWidth * tileHeight, clipLimit)
  })
  const result = new Uint8Array(levels.length)
  for (let y = 0, i = 0; y < height; y++) {
    const { first: above, second: below, share: down } = findTilePair(y, tileHeight, tiles)
    for (let x = 0; x < width; x++, i++) {
      const { first: left, second: right, share: across } = findTilePair(x, tileWidth, tiles)
      const at = (row: number, column: number): number =>
        (curves[row * tiles + column] as Uint8Array)[levels[i] as number] as number
      const upper = interpolate(at(above, left), at(above, right), across)
      const lower = interpolate(at(below, left), at(below, right), across)
      result[i] = roundHalfEven(interpolate(upper, lower, down))
    }
  }
  return result
}

/**
 * Computes width and height of a tile. As OpenCV, it extends both sides of an image, unless both are multiples of the tiles: a side that
 * is one by a pixel for each tile.
 */
function computeTileSize({ width, height }: Size, tiles: number): [width: number, height: number] {
  if (width % tiles === 0 && height % tiles === 0) return [width / tiles, height / tiles]
  return [Math.floor(width / tiles) + 1, Math.floor(height / tiles) + 1]
}

/** Returns the output of each of the 256 levels: the cumulative histogram with counts above the limit redistributed. */
function computeCurve(histogram: Int32Array, pixels: number, clipLimit: number): Uint8Array {
  const limit = Math.max(Math.trunc((clipLimit * pixels) / 256), 1)
  const clipped = histogram.reduce((sum, count) => sum + Math.max(count - limit, 0), 0)
  const perLevel = Math.floor(clipped / 256)
  const remainder = clipped % 256
  const redistributed = histogram.map((count) => Math.min(count, limit) + perLevel)
  const step = remainder > 0 ? Math.max(Math.floor(256 / remainder), 1) : 256
  for (let level = 0, left = remainder; level < 256 && left > 0; level += step, left--) {
    redistributed[level] = (redistributed[level] as number) + 1
  }
  const curve = new Uint8Array(256)
  let sum = 0
  for (let level = 0; level < 256; level++) {
    sum += redistributed[level] as number
    curve[level] = Math.min(roundHalfEven(Math.fround(sum * Math.fround(255 / pixels))), 255)
  }
  return curve
}

/** Returns the two tiles whose centers enclose a pixel, and its distance from the first, 0 to 1. */
function findTilePair(pixel: number, side: number, tiles: number): { first: number; second: number; share: number } {
  const position = Math.fround(Math.fround(pixel * Math.fround(1 / side)) - 0.5)
  const first = Math.floor(position)
  return { first: Math.max(first, 0), second: Math.min(first + 1, tiles - 1), share: position - first }
}

/** Interpolates in 32 bits, as OpenCV does: many values lie half way between two levels. */
function interpolate(from: number, to: number, share: number): number {
  return Math.fround(Math.fround(from * Math.fround(1 - share)) + Math.fround(to * share))
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value)
}
