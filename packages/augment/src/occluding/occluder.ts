import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { type Color, cover, type Shape } from './cover.ts'

export interface OccluderOptions {
  /** Range of its sides, as fractions of the image's shorter side. */
  readonly size: readonly [from: number, to: number]
}

export type OccluderParams = {
  readonly shape: 'ellipse' | 'rectangle'
  /** Its center, as fractions of the image's sides. */
  readonly x: number
  readonly y: number
  /** Its sides, as fractions of the image's shorter side. */
  readonly width: number
  readonly height: number
  readonly degrees: number
  /** Its colors at the two ends of its width. */
  readonly from: Color
  readonly to: Color
}

const unit = z.number().check(z.minimum(0), z.maximum(1))
const color = z.tuple([unit, unit, unit])

const definition: Definition<OccluderOptions, OccluderParams> = {
  name: 'occluder',
  options: z.strictObject({ size: pairSchema(0, 2) }),
  params: z.strictObject({
    shape: z.enum(['ellipse', 'rectangle']),
    x: unit,
    y: unit,
    width: z.number().check(z.nonnegative()),
    height: z.number().check(z.nonnegative()),
    degrees: z.number(),
    from: color,
    to: color,
  }),
  makeParams(random, _, { size }) {
    const drawColor = (): Color => [random.uniform(), random.uniform(), random.uniform()]
    return {
      shape: random.pick(['ellipse', 'rectangle'] as const),
      x: random.uniform(),
      y: random.uniform(),
      width: random.uniform(...size),
      height: random.uniform(...size),
      degrees: random.uniform(-90, 90),
      from: drawColor(),
      to: drawColor(),
    }
  },
  createOp: (params) => ({ apply: (sample) => cover(sample, [createShape(params, sample.image)]) }),
}

/**
 * Covers the face with a rotated ellipse or rectangle with a gradient of two colors.
 *
 * A keypoint below it becomes hidden (visibility 1).
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * sometimes(0.3, occluder({ size: [0.1, 0.5] }))
 * ```
 */
export function occluder(options: OccluderOptions): Augmentation<OccluderParams> {
  return define(definition, options)
}

function createShape(
  { shape, x, y, width, height, degrees, from, to }: OccluderParams,
  image: { readonly width: number; readonly height: number },
): Shape {
  const side = Math.min(image.width, image.height)
  const cx = x * image.width - 0.5
  const cy = y * image.height - 0.5
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180)
  /** Maps pixels to coordinates of the shape: -1 to 1 along its width and its height. */
  const toShapeCoordinates = (px: number, py: number): [number, number] => [
    ((px - cx) * cos + (py - cy) * sin) / ((width * side) / 2),
    ((py - cy) * cos - (px - cx) * sin) / ((height * side) / 2),
  ]
  return {
    covers(px, py) {
      const [u, v] = toShapeCoordinates(px, py)
      return shape === 'ellipse' ? u * u + v * v < 1 : Math.abs(u) < 1 && Math.abs(v) < 1
    },
    color(px, py) {
      const fraction = (toShapeCoordinates(px, py)[0] + 1) / 2
      const interpolate = (i: 0 | 1 | 2): number => from[i] + fraction * (to[i] - from[i])
      return [interpolate(0), interpolate(1), interpolate(2)]
    },
  }
}
