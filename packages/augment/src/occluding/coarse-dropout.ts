import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { type Color, cover, type Shape } from './cover.ts'

export interface CoarseDropoutOptions {
  /** How many rectangles, from 0 to 100: up to this many, or from how many to how many. */
  readonly holes: number | readonly [from: number, to: number]
  /** Their sides, as fractions of the picture's: from which to which. */
  readonly size: readonly [from: number, to: number]
  /** Their intensity, 0 black to 1 white, or a color drawn for each. Default 0. */
  readonly fill?: number | 'random'
}

export type CoarseDropoutParams = {
  readonly holes: readonly {
    /** Edges and sides as fractions of the picture's. */
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
    readonly color: Color
  }[]
}

const unit = z.number().min(0).max(1)

const definition: Definition<Required<CoarseDropoutOptions>, CoarseDropoutParams> = {
  name: 'coarseDropout',
  options: z.strictObject({
    holes: z.union([
      z.number().int().min(0).max(100),
      pairSchema(0, 100).refine((pair) => pair.every(Number.isInteger), 'not whole numbers'),
    ]),
    size: pairSchema(0, 1),
    fill: z.union([unit, z.literal('random')]).default(0),
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
        const [width, height] = [random.uniform(...size), random.uniform(...size)]
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
    paint: (sample) =>
      cover(
        sample,
        holes.map(({ left, top, width, height, color }): Shape => {
          const [across, down] = [sample.image.width, sample.image.height]
          return {
            covers: (x, y) =>
              Math.abs((x + 0.5) / across - left - width / 2) < width / 2 &&
              Math.abs((y + 0.5) / down - top - height / 2) < height / 2,
            color: () => color,
          }
        }),
      ),
  }),
}

/**
 * Covers rectangles of the picture. A point below one becomes hidden (visibility 1). Throws `AUGMENT_OPTIONS`.
 *
 * Source: DeVries and Taylor 2017, arXiv:1708.04552 (cutout).
 *
 * @example
 * ```ts
 * dropout({ holes: [1, 4], size: [0.05, 0.2] })
 * ```
 */
export function coarseDropout(options: CoarseDropoutOptions): Augmentation<CoarseDropoutParams> {
  return define(definition, options)
}
