import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { compressPlane, createQuantizationTable } from './dct.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const quality = z.int().check(z.minimum(1), z.maximum(100))

export interface JpegOptions {
  /** Range of the quality, 1 to 100. */
  readonly quality: readonly [from: number, to: number]
}

export type JpegParams = { readonly quality: number }

const definition: Definition<JpegOptions, JpegParams> = {
  name: 'jpeg',
  options: z.strictObject({
    quality: z
      .tuple([quality, quality])
      .check(z.refine(([from, to]) => from <= to, 'a pair of numbers in ascending order')),
  }),
  params: z.strictObject({ quality }),
  makeParams: (random, _, { quality }) => ({ quality: random.integer(...quality) }),
  createOp: ({ quality }) => createPhotometricOp((image) => compressImage(image, quality)),
}

/**
 * Adds the artifacts of JPEG compression: quantized 8 x 8 blocks, chroma at half the resolution (4:2:0).
 *
 * Uses the tables and the quality scale of libjpeg. Nothing is encoded, because the entropy coding is lossless.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * jpeg({ quality: [20, 90] })
 * ```
 *
 * Sources: ITU-T T.81, annexes A and K; JFIF 1.02.
 */
export function jpeg(options: JpegOptions): Augmentation<JpegParams> {
  return define(definition, options)
}

function compressImage(image: Image, quality: number): Image {
  const { width, height, channels } = image
  const levels = toUnits(image).map((unit) => Math.round(unit * 255))
  if (channels === 1) {
    const gray = compressPlane(levels, width, height, createQuantizationTable('luminance', quality))
    return fromUnits(
      image,
      gray.map((level) => level / 255),
    )
  }
  const planes = [new Float32Array(width * height), new Float32Array(width * height), new Float32Array(width * height)]
  const [luma, blueChroma, redChroma] = planes as [Float32Array, Float32Array, Float32Array]
  for (let i = 0; i < luma.length; i++) {
    const r = levels[3 * i] as number
    const g = levels[3 * i + 1] as number
    const b = levels[3 * i + 2] as number
    luma[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b)
    blueChroma[i] = Math.round(-0.168735892 * r - 0.331264108 * g + 0.5 * b + 128)
    redChroma[i] = Math.round(0.5 * r - 0.418687589 * g - 0.081312411 * b + 128)
  }
  const y = compressPlane(luma, width, height, createQuantizationTable('luminance', quality))
  const [cb, cr] = [blueChroma, redChroma].map((plane) => {
    const small = subsampleChroma(plane, width, height)
    small.values = compressPlane(
      small.values,
      small.width,
      small.height,
      createQuantizationTable('chrominance', quality),
    )
    return upsampleChroma(small, width, height)
  }) as [Float32Array, Float32Array]
  const units = new Float32Array(levels.length)
  for (let i = 0; i < y.length; i++) {
    const l = y[i] as number
    const b = (cb[i] as number) - 128
    const r = (cr[i] as number) - 128
    units[3 * i] = (l + 1.402 * r) / 255
    units[3 * i + 1] = (l - 0.344136286 * b - 0.714136286 * r) / 255
    units[3 * i + 2] = (l + 1.772 * b) / 255
  }
  return fromUnits(image, units)
}

interface Plane {
  values: Float32Array
  readonly width: number
  readonly height: number
}

/** Averages 2 x 2 pixels, padded to whole blocks by repeating the edge. Halves round down and up alternately. */
function subsampleChroma(plane: Float32Array, width: number, height: number): Plane {
  const columns = Math.ceil(width / 16) * 8
  const rows = Math.ceil(height / 16) * 8
  const at = (x: number, y: number): number => plane[Math.min(y, height - 1) * width + Math.min(x, width - 1)] as number
  const values = new Float32Array(columns * rows).map((_, i) => {
    const x = 2 * (i % columns)
    const y = 2 * Math.floor(i / columns)
    return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 1 + (i % 2)) >> 2
  })
  return { values, width: columns, height: rows }
}

/** Interpolates along each axis with weights 3/4 and 1/4, as libjpeg does. */
function upsampleChroma(small: Plane, width: number, height: number): Float32Array {
  const lastColumn = Math.ceil(width / 2) - 1
  const lastRow = Math.ceil(height / 2) - 1
  const neighbor = (i: number, last: number): number => Math.min(Math.max((i >> 1) + (i % 2 === 0 ? -1 : 1), 0), last)
  const at = (column: number, row: number): number => small.values[row * small.width + column] as number
  return new Float32Array(width * height).map((_, i) => {
    const x = i % width
    const y = Math.floor(i / width)
    const column = x >> 1
    const row = y >> 1
    const nextColumn = neighbor(x, lastColumn)
    const nextRow = neighbor(y, lastRow)
    const sum = 9 * at(column, row) + 3 * at(nextColumn, row) + 3 * at(column, nextRow) + at(nextColumn, nextRow)
    return Math.round(sum / 16)
  })
}
