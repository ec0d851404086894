import { type Box, boundingBox, cropAndResize, FacekpError, imageBox, type Keypoints } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation, SampleMeta } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import {
  type BorderOptions,
  borderSchemas,
  drawOffset,
  drawRatio,
  offsetSchema,
  type Range,
  ratioSchema,
  side,
  sizeSchema,
} from '../schemas.ts'
import { labeledInside } from './keep-inside.ts'

export interface RandomCropAroundBoxOptions extends BorderOptions {
  /** The size of what comes out, in pixels. */
  readonly width: number
  readonly height: number
  /** What to crop around: the sample's box (default), the box of its labeled points, or the picture. */
  readonly around?: 'box' | 'points' | 'picture'
  /** How much to add on each side, as a fraction of the box; default 0. May be negative. */
  readonly margin?: number
  /** Size of what is cut out beside that: 1.2 is from 1 / 1.2 to 1.2. Default 1. */
  readonly scale?: Range
  /** Shift along each axis, as a fraction of what is cut out. Default 0. */
  readonly shift?: Range
  /** Moves and, where it must, widens what is cut out until all labeled points of the picture are in it. Default false. */
  readonly keepPointsInside?: boolean
}

export type RandomCropAroundBoxParams = {
  /** What is cut out, along pixel edges, its sides as width to height of what comes out. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** Of the picture that it was drawn for. */
  readonly width: number
  readonly height: number
}

const definition: Definition<Required<RandomCropAroundBoxOptions>, RandomCropAroundBoxParams> = {
  name: 'randomCropAroundBox',
  options: z.strictObject({
    width: side,
    height: side,
    around: z.enum(['box', 'points', 'picture']).default('box'),
    margin: z.number().gt(-0.5).default(0),
    scale: ratioSchema.default(1),
    shift: offsetSchema(1).default(0),
    keepPointsInside: z.boolean().default(false),
    ...borderSchemas,
  }),
  params: z.strictObject({
    box: z.strictObject({
      left: z.number(),
      top: z.number(),
      width: z.number().positive(),
      height: z.number().positive(),
    }),
    ...sizeSchema,
  }),
  makeParams(random, sample, { width, height, around, margin, scale, shift, keepPointsInside }) {
    const core = selectBox(sample, around)
    const ratio = drawRatio(random, scale) * (1 + 2 * margin)
    const [dx, dy] = [drawOffset(random, shift), drawOffset(random, shift)]
    // As large as the box along one axis, larger along the other.
    const size = ratio * Math.max(core.width / width, core.height / height)
    const drawn = centered(
      core.left + core.width / 2 + dx * size * width,
      core.top + core.height / 2 + dy * size * height,
      size * width,
      size * height,
    )
    return {
      box: keepPointsInside ? growToContain(drawn, sample) : drawn,
      width: sample.image.width,
      height: sample.image.height,
    }
  },
  createOp: ({ box, ...from }, { width, height, border, outOfFrame }) => ({
    from,
    to: { width, height },
    map: cropAndResize(box, width, height),
    border: { border, outOfFrame },
  }),
}

/**
 * Cuts out a box around the face, moved and scaled at random, and resizes it to `width` x `height`, without stretching it: box
 * jitter. With `around: 'picture'` it is a random crop of the picture.
 *
 * Throws `AUGMENT_OPTIONS`, and `AUGMENT_NO_BOX` where the sample has no box (or no labeled point) to crop around.
 *
 * @example
 * ```ts
 * randomCropAroundBox({ width: 240, height: 240, around: 'points', margin: 0.2, scale: 1.2, shift: 0.1 })
 * ```
 */
export function randomCropAroundBox(options: RandomCropAroundBoxOptions): Augmentation<RandomCropAroundBoxParams> {
  return define(definition, options)
}

function selectBox(sample: SampleMeta, around: 'box' | 'points' | 'picture'): Box {
  const { box, keypoints, visibility, image } = sample
  if (around === 'picture') return imageBox(image)
  const found = around === 'box' ? box : boundingBox(keypoints.filter((_, i) => visibility[i >> 1] !== 0))
  if (found && found.width > 0 && found.height > 0) return found
  throw new FacekpError({
    code: 'AUGMENT_NO_BOX',
    problem: 'there is nothing to crop around',
    received:
      around === 'box' ? (found ? JSON.stringify(found) : 'a sample without a box') : 'fewer than two labeled points',
    expected: around === 'box' ? "a box with an area, or around: 'points'" : "labeled points, or around: 'picture'",
  })
}

/** The box moved, and where it must be enlarged, so that the labeled points of the picture lie in it. */
function growToContain(box: Box, sample: SampleMeta): Box {
  const points = Float32Array.from(
    [...labeledInside(sample)].flatMap((point) => [...sample.keypoints.subarray(2 * point, 2 * point + 2)]),
  ) as Keypoints
  if (points.length === 0) return box
  const needed = boundingBox(points)
  const growth = Math.max(1, needed.width / box.width, needed.height / box.height)
  const [width, height] = [growth * box.width, growth * box.height]
  const between = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to)
  const { left, top } = centered(box.left + box.width / 2, box.top + box.height / 2, width, height)
  return {
    left: between(left, needed.left + needed.width - width, needed.left),
    top: between(top, needed.top + needed.height - height, needed.top),
    width,
    height,
  }
}

function centered(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, width, height }
}
