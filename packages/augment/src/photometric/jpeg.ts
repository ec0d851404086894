import type { Image } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { compressPlane, tableOf } from './dct.ts'
import { fromUnits, painting, toUnits } from './pixels.ts'

const quality = z.number().int().min(1).max(100)

export interface JpegOptions {
  /** From which quality to which, 1 to 100. */
  readonly quality: readonly [from: number, to: number]
}

export type JpegParams = { readonly quality: number }

const definition: Definition<JpegOptions, JpegParams> = {
  name: 'jpeg',
  options: z.strictObject({
    quality: z.tuple([quality, quality]).refine(([from, to]) => from <= to, 'its first number is above its second'),
  }),
  params: z.strictObject({ quality }),
  draw: (random, _, { quality }) => ({ quality: random.integer(...quality) }),
  step: ({ quality }) => painting((image) => compressed(image, quality)),
}

/**
 * What JPEG of this quality leaves of the picture: its blocks of 8 x 8 are transformed, quantized and transformed back, colours at
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
    const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)]
    const small = compressPlane(halved(plane, width, height), halfWidth, halfHeight, tableOf('chrominance', quality))
    return doubled(small, halfWidth, halfHeight, width, height)
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

/** Means of 2 x 2, the last row and column repeated where there is half a pair. */
function halved(plane: Float32Array, width: number, height: number): Float32Array {
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)]
  return Float32Array.from({ length: halfWidth * halfHeight }, (_, i) => {
    const [x, y] = [2 * (i % halfWidth), 2 * Math.floor(i / halfWidth)]
    const [right, below] = [Math.min(x + 1, width - 1), Math.min(y + 1, height - 1)]
    const at = (column: number, row: number): number => plane[row * width + column] as number
    return Math.round((at(x, y) + at(right, y) + at(x, below) + at(right, below)) / 4)
  })
}

/** Three quarters of the nearer, one quarter of the next one along each axis, as libjpeg draws colours out. */
function doubled(
  small: Float32Array,
  halfWidth: number,
  halfHeight: number,
  width: number,
  height: number,
): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const [column, row] = [x >> 1, y >> 1]
    const nextColumn = Math.min(Math.max(column + (x % 2 === 0 ? -1 : 1), 0), halfWidth - 1)
    const nextRow = Math.min(Math.max(row + (y % 2 === 0 ? -1 : 1), 0), halfHeight - 1)
    const at = (c: number, r: number): number => small[r * halfWidth + c] as number
    return (9 * at(column, row) + 3 * at(nextColumn, row) + 3 * at(column, nextRow) + at(nextColumn, nextRow)) / 16
  })
}
