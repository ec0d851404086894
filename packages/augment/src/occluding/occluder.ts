import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { pairSchema } from '../schemas.ts'
import { type Color, cover, type Shape } from './cover.ts'

export interface OccluderOptions {
  /** Its sides, as fractions of the picture's shorter one: from which to which. */
  readonly size: readonly [from: number, to: number]
}

export type OccluderParams = {
  readonly shape: 'ellipse' | 'rectangle'
  /** Its middle, as fractions of the picture's sides. */
  readonly x: number
  readonly y: number
  /** Its sides, as fractions of the picture's shorter one. */
  readonly width: number
  readonly height: number
  readonly degrees: number
  /** Its color at one end of its width and at the other. */
  readonly from: Color
  readonly to: Color
}

const unit = z.number().min(0).max(1)
const color = z.tuple([unit, unit, unit])

const definition: Definition<OccluderOptions, OccluderParams> = {
  name: 'occluder',
  options: z.strictObject({ size: pairSchema(0, 2) }),
  params: z.strictObject({
    shape: z.enum(['ellipse', 'rectangle']),
    x: unit,
    y: unit,
    width: z.number().nonnegative(),
    height: z.number().nonnegative(),
    degrees: z.number(),
    from: color,
    to: color,
  }),
  makeParams(random, _, { size }) {
    const anyColor = (): Color => [random.uniform(), random.uniform(), random.uniform()]
    return {
      shape: random.pick(['ellipse', 'rectangle'] as const),
      x: random.uniform(),
      y: random.uniform(),
      width: random.uniform(...size),
      height: random.uniform(...size),
      degrees: random.uniform(-90, 90),
      from: anyColor(),
      to: anyColor(),
    }
  },
  createOp: (params) => ({ paint: (sample) => cover(sample, [shapeOf(params, sample.image)]) }),
}

/**
 * Puts a thing in front of the face: a turned ellipse or rectangle of two colors that run into each other. A point below it
 * becomes hidden (visibility 1). Throws `AUGMENT_OPTIONS`.
 *
 * @example
 * ```ts
 * sometimes(0.3, occluder({ size: [0.1, 0.5] }))
 * ```
 */
export function occluder(options: OccluderOptions): Augmentation<OccluderParams> {
  return define(definition, options)
}

function shapeOf(
  { shape, x, y, width, height, degrees, from, to }: OccluderParams,
  image: { readonly width: number; readonly height: number },
): Shape {
  const side = Math.min(image.width, image.height)
  const [cx, cy] = [x * image.width - 0.5, y * image.height - 0.5]
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  /** The place within the shape: -1 to 1 along its width and along its height. */
  const place = (px: number, py: number): [number, number] => [
    ((px - cx) * cos + (py - cy) * sin) / ((width * side) / 2),
    ((py - cy) * cos - (px - cx) * sin) / ((height * side) / 2),
  ]
  return {
    covers(px, py) {
      const [u, v] = place(px, py)
      return shape === 'ellipse' ? u * u + v * v < 1 : Math.abs(u) < 1 && Math.abs(v) < 1
    },
    color(px, py) {
      const share = (place(px, py)[0] + 1) / 2
      const mixed = (i: 0 | 1 | 2): number => from[i] + share * (to[i] - from[i])
      return [mixed(0), mixed(1), mixed(2)]
    },
  }
}
