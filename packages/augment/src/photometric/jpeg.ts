import type { Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { compressPlane, tableOf } from './dct.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const quality = z.number().int().min(1).max(100)

export interface JpegOptions {
  /** From which quality to which, 1 to 100. */
  readonly quality: readonly [from: number, to: number]
}

export type JpegParams = { readonly quality: number }

const definition: Definition<JpegOptions, JpegParams> = {
  name: 'jpeg',
  options: z.strictObject({
    quality: z.tuple([quality, quality]).refine(([from, to]) => from <= to, 'a pair of numbers in ascending order'),
  }),
  params: z.strictObject({ quality }),
  makeParams: (random, _, { quality }) => ({ quality: random.integer(...quality) }),
  createOp: ({ quality }) => createPhotometricOp((image) => compressed(image, quality)),
}

/**
 * What JPEG of this quality leaves of the picture: its blocks of 8 x 8 are transformed, quantized and transformed back, colors at
 * half the size (4:2:0), with the tables and the quality scale of libjpeg. Nothing is encoded, since that loses nothing more.
 * Throws `AUGMENT_OPTIONS`.
 *
 * Sources: ITU-T T.81, annexes A and K; JFIF 1.02.
 *
 * @example
 * ```ts
 * jpeg({ quality: [20, 90] })
 * ```
 */
export function jpeg(options: JpegOptions): Augmentation<JpegParams> {
  return define(definition, options)
}

function compressed(image: Image, quality: number): Image {
  const { width, height, channels } = image
  const levels = toUnits(image).map((unit) => Math.round(unit * 255))
  if (channels === 1) {
    const gray = compressPlane(levels, width, height, tableOf('luminance', quality))
    return fromUnits(
      image,
      gray.map((level) => level / 255),
    )
  }
  const planes = [new Float32Array(width * height), new Float32Array(width * height), new Float32Array(width * height)]
  const [luma, blueness, redness] = planes as [Float32Array, Float32Array, Float32Array]
  for (let i = 0; i < luma.length; i++) {
    const [r, g, b] = [levels[3 * i] as number, levels[3 * i + 1] as number, levels[3 * i + 2] as number]
    luma[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b)
    blueness[i] = Math.round(-0.168735892 * r - 0.331264108 * g + 0.5 * b + 128)
    redness[i] = Math.round(0.5 * r - 0.418687589 * g - 0.081312411 * b + 128)
  }
  const y = compressPlane(luma, width, height, tableOf('luminance', quality))
  const [cb, cr] = [blueness, redness].map((plane) => {
    const small = halved(plane, width, height)
    small.values = compressPlane(small.values, small.width, small.height, tableOf('chrominance', quality))
    return doubled(small, width, height)
  }) as [Float32Array, Float32Array]
  const units = new Float32Array(levels.length)
  for (let i = 0; i < y.length; i++) {
    const [l, b, r] = [y[i] as number, (cb[i] as number) - 128, (cr[i] as number) - 128]
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

/** Means of 2 x 2, in whole blocks of 8 x 8: the last row and column are repeated to fill them. Halves go down and up in turn. */
function halved(plane: Float32Array, width: number, height: number): Plane {
  const [across, down] = [Math.ceil(width / 16) * 8, Math.ceil(height / 16) * 8]
  const at = (x: number, y: number): number => plane[Math.min(y, height - 1) * width + Math.min(x, width - 1)] as number
  const values = Float32Array.from({ length: across * down }, (_, i) => {
    const [x, y] = [2 * (i % across), 2 * Math.floor(i / across)]
    return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 1 + (i % 2)) >> 2
  })
  return { values, width: across, height: down }
}

/** Three quarters of the nearer, one quarter of the next one along each axis, as libjpeg draws colors out. */
function doubled(small: Plane, width: number, height: number): Float32Array {
  const [lastColumn, lastRow] = [Math.ceil(width / 2) - 1, Math.ceil(height / 2) - 1]
  const beside = (i: number, last: number): number => Math.min(Math.max((i >> 1) + (i % 2 === 0 ? -1 : 1), 0), last)
  const at = (column: number, row: number): number => small.values[row * small.width + column] as number
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const [column, row, nextColumn, nextRow] = [x >> 1, y >> 1, beside(x, lastColumn), beside(y, lastRow)]
    const sum = 9 * at(column, row) + 3 * at(nextColumn, row) + 3 * at(column, nextRow) + at(nextColumn, nextRow)
    return Math.round(sum / 16)
  })
}
