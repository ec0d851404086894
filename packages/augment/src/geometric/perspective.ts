import { z } from 'zod'
import type { Augmentation, Size } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { type BorderOptions, borderSchemas, sizeSchema } from '../schemas.ts'

export interface PerspectiveOptions extends BorderOptions {
  /** How far each corner of what is shown may lie from the picture's own, as a fraction of its sides: 0 to 0.24, so that nothing folds over. */
  readonly strength: number
}

export type PerspectiveParams = {
  /** x and y of each corner's offset as fractions of the sides: top left, top right, bottom right, bottom left. */
  readonly corners: readonly number[]
  /** Of the picture that they were drawn for. */
  readonly width: number
  readonly height: number
}

/** From a quarter on a corner may come to lie between its neighbors. */
const MAX = 0.24

const definition: Definition<Required<PerspectiveOptions>, PerspectiveParams> = {
  name: 'perspective',
  options: z.strictObject({ strength: z.number().min(0).max(MAX), ...borderSchemas }),
  params: z.strictObject({ corners: z.array(z.number().min(-MAX).max(MAX)).length(8), ...sizeSchema }),
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
 * Looks at the picture from elsewhere: its four corners show places that each lie somewhat off. Throws `AUGMENT_OPTIONS`.
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
 * The map from the picture onto the quadrilateral of its moved corners (the outer corners of the corner pixels).
 *
 * Source: Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
 */
function mapToQuadrilateral(corners: readonly number[], { width, height }: Size): number[] {
  const at = (corner: number, x: number, y: number): [number, number] => [
    (x + (corners[2 * corner] as number)) * width - 0.5,
    (y + (corners[2 * corner + 1] as number)) * height - 0.5,
  ]
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = [at(0, 0, 0), at(1, 1, 0), at(2, 1, 1), at(3, 0, 1)]
  const [dx1, dx2, dy1, dy2] = [x1 - x2, x3 - x2, y1 - y2, y3 - y2]
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3]
  const determinant = dx1 * dy2 - dx2 * dy1
  const g = (sx * dy2 - dx2 * sy) / determinant
  const h = (dx1 * sy - sx * dy1) / determinant
  // From the unit square; then from the picture: u = (x + 0.5) / width, v = (y + 0.5) / height.
  const rows = [
    [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
    [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
    [g, h, 1],
  ] as const
  return rows.flatMap(([a, b, c]) => [a / width, b / height, c + (0.5 * a) / width + (0.5 * b) / height])
}
