import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { type Color, cover, type Shape } from './cover.ts'

export interface CoarseDropoutOptions {
  /** Number of rectangles, 0 to 100: 0 to this number, or [from, to]. */
  readonly holes: number | readonly [from: number, to: number]
  /** Range of their sides, as fractions of the image's sides. */
  readonly size: readonly [from: number, to: number]
  /** Their intensity, 0 black to 1 white, or a random color for each. Default 0. */
  readonly fill?: number | 'random'
}

export type CoarseDropoutParams = {
  readonly holes: readonly {
    /** Edges and sides as fractions of the image's sides. */
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
    readonly color: Color
  }[]
}

const unit = z.number().check(z.minimum(0), z.maximum(1))

const definition: Definition<Required<CoarseDropoutOptions>, CoarseDropoutParams> = {
  name: 'coarseDropout',
  options: z.strictObject({
    holes: z.union([
      z.int().check(z.minimum(0), z.maximum(100)),
      pairSchema(0, 100).check(z.refine((pair) => pair.every(Number.isInteger), 'two integers in ascending order')),
    ]),
    size: pairSchema(0, 1),
    fill: z._default(z.union([unit, z.literal('random')]), 0),
  }),
  params: z.strictObject({
    holes: z.array(
      z.strictObject({ left: unit, top: unit, width: unit, height: unit, color: z.tuple([unit, unit, unit]) }),
    ),
  }),
  makeParams(random, _, { holes, size, fill }) {
    const [from, to] = typeof holes === 'number' ? [0, holes] : holes
    return {
      holes: Array.from({ length: random.integer(from, to) }, () => {
        const width = random.uniform(...size)
        const height = random.uniform(...size)
        return {
          left: random.uniform(0, 1 - width),
          top: random.uniform(0, 1 - height),
          width,
          height,
          color: fill === 'random' ? [random.uniform(), random.uniform(), random.uniform()] : [fill, fill, fill],
        }
      }),
    }
  },
  createOp: ({ holes }) => ({
    apply: (sample) =>
      cover(
        sample,
        holes.map(({ left, top, width, height, color }): Shape => {
          const imageWidth = sample.image.width
          const imageHeight = sample.image.height
          return {
            covers: (x, y) =>
              Math.abs((x + 0.5) / imageWidth - left - width / 2) < width / 2 &&
              Math.abs((y + 0.5) / imageHeight - top - height / 2) < height / 2,
            color: () => color,
          }
        }),
      ),
  }),
}

/**
 * Covers random rectangles of the image; a keypoint in one becomes hidden (visibility 1).
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * coarseDropout({ holes: [1, 4], size: [0.05, 0.2] })
 * ```
 *
 * Source: DeVries and Taylor 2017, arXiv:1708.04552 (cutout).
 */
export function coarseDropout(options: CoarseDropoutOptions): Augmentation<CoarseDropoutParams> {
  return define(definition, options)
}
