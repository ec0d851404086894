import * as z from 'zod/mini'
import type { Augmentation, Size } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BorderOptions, borderSchemas, sizeSchema } from '../schemas.ts'

export interface PerspectiveOptions extends BorderOptions {
  /** Largest displacement of a corner, as a fraction of the image's sides: 0 to 0.24, so that nothing folds over. */
  readonly strength: number
}

export type PerspectiveParams = {
  /** Offsets x, y of the corners as fractions of the sides: top left, top right, bottom right, bottom left. */
  readonly corners: readonly number[]
  /** Size of the image that the parameters are for. */
  readonly width: number
  readonly height: number
}

/** From 0.25 on, the displaced quadrilateral may be concave. */
const MAX_STRENGTH = 0.24

const definition: Definition<Required<PerspectiveOptions>, PerspectiveParams> = {
  name: 'perspective',
  options: z.strictObject({ strength: z.number().check(z.minimum(0), z.maximum(MAX_STRENGTH)), ...borderSchemas }),
  params: z.strictObject({
    corners: z.array(z.number().check(z.minimum(-MAX_STRENGTH), z.maximum(MAX_STRENGTH))).check(z.length(8)),
    ...sizeSchema,
  }),
  makeParams: (random, { image: { width, height } }, { strength }) => ({
    corners: Array.from({ length: 8 }, () => random.uniform(-strength, strength)),
    width,
    height,
  }),
  createOp: ({ corners, width, height }, { border, outOfFrame }) => ({
    from: { width, height },
    to: { width, height },
    map: { kind: 'homography', matrix: mapToQuadrilateral(corners, { width, height }) },
    border: { border, outOfFrame },
  }),
}

/**
 * Warps the image by a homography that displaces its four corners at random.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * perspective({ strength: 0.1 })
 * ```
 */
export function perspective(options: PerspectiveOptions): Augmentation<PerspectiveParams> {
  return define(definition, options)
}

/**
 * Returns the homography from the image to the quadrilateral of its displaced outer corners.
 *
 * Source: Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
 */
function mapToQuadrilateral(corners: readonly number[], { width, height }: Size): number[] {
  const movedCorner = (corner: number, x: number, y: number): [number, number] => [
    (x + (corners[2 * corner] as number)) * width - 0.5,
    (y + (corners[2 * corner + 1] as number)) * height - 0.5,
  ]
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = [
    movedCorner(0, 0, 0),
    movedCorner(1, 1, 0),
    movedCorner(2, 1, 1),
    movedCorner(3, 0, 1),
  ]
  const dx1 = x1 - x2
  const dx2 = x3 - x2
  const dy1 = y1 - y2
  const dy2 = y3 - y2
  const sx = x0 - x1 + x2 - x3
  const sy = y0 - y1 + y2 - y3
  const determinant = dx1 * dy2 - dx2 * dy1
  const g = (sx * dy2 - dx2 * sy) / determinant
  const h = (dx1 * sy - sx * dy1) / determinant
  // From the unit square, then from the image: u = (x + 0.5) / width, v = (y + 0.5) / height.
  const rows = [
    [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
    [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
    [g, h, 1],
  ] as const
  return rows.flatMap(([a, b, c]) => [a / width, b / height, c + (0.5 * a) / width + (0.5 * b) / height])
}
