import { type Box, boundingBox, cropAndResize, FacekpError, imageBox, type Keypoints } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation, SampleMeta } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import {
  type BorderOptions,
  borderSchemas,
  coordinate,
  drawOffset,
  drawRatio,
  offsetSchema,
  outputSide,
  type Range,
  ratioSchema,
  sizeSchema,
} from '../schemas.ts'
import { labeledInside } from './keep-inside.ts'

export interface RandomCropAroundBoxOptions extends BorderOptions {
  /** Size of the output in pixels. */
  readonly width: number
  readonly height: number
  /** What to crop around: the sample's box (default), the bounding box of its labeled keypoints, or the image. */
  readonly around?: 'box' | 'points' | 'image'
  /** Margin on each side, as a fraction of the box; default 0, at most 100. May be negative, above -0.5. */
  readonly margin?: number
  /** Random scale of the crop: 1.2 is 1 / 1.2 to 1.2. Default 1. */
  readonly scale?: Range
  /** Random shift along each axis, as a fraction of the crop. Default 0. */
  readonly shift?: Range
  /** Moves and, if necessary, enlarges the crop until it contains all labeled keypoints of the image. Default false. */
  readonly keepPointsInside?: boolean
}

export type RandomCropAroundBoxParams = {
  /** The crop along pixel edges, with the aspect ratio of the output. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** Size of the image that it was made for. */
  readonly width: number
  readonly height: number
}

const MAX_MARGIN = 100

const definition: Definition<Required<RandomCropAroundBoxOptions>, RandomCropAroundBoxParams> = {
  name: 'randomCropAroundBox',
  options: z.strictObject({
    width: outputSide,
    height: outputSide,
    around: z._default(z.enum(['box', 'points', 'image']), 'box'),
    margin: z._default(z.number().check(z.gt(-0.5), z.maximum(MAX_MARGIN)), 0),
    scale: z._default(ratioSchema, 1),
    shift: z._default(offsetSchema(1), 0),
    keepPointsInside: z._default(z.boolean(), false),
    ...borderSchemas,
  }),
  params: z.strictObject({
    box: z.strictObject({
      left: coordinate,
      top: coordinate,
      width: coordinate.check(z.positive()),
      height: coordinate.check(z.positive()),
    }),
    ...sizeSchema,
  }),
  makeParams(random, sample, { width, height, around, margin, scale, shift, keepPointsInside }) {
    const center = selectBox(sample, around)
    const ratio = drawRatio(random, scale) * (1 + 2 * margin)
    const dx = drawOffset(random, shift)
    const dy = drawOffset(random, shift)
    // As large as the box along one axis, at least as large along the other.
    const size = ratio * Math.max(center.width / width, center.height / height)
    const crop = createCenteredBox(
      center.left + center.width / 2 + dx * size * width,
      center.top + center.height / 2 + dy * size * height,
      size * width,
      size * height,
    )
    return {
      box: keepPointsInside ? growToContain(crop, sample) : crop,
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
 * Crops around the face with a random shift and scale, and resizes to `width` x `height` without distortion.
 *
 * With `around: 'image'` it is a random crop of the image.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options; `makeParams` throws `AUGMENT_NO_BOX` for a sample without a box or labeled keypoints
 *
 * @example
 * ```ts
 * randomCropAroundBox({ width: 240, height: 240, around: 'points', margin: 0.2, scale: 1.2, shift: 0.1 })
 * ```
 */
export function randomCropAroundBox(options: RandomCropAroundBoxOptions): Augmentation<RandomCropAroundBoxParams> {
  return define(definition, options)
}

function selectBox(sample: SampleMeta, around: 'box' | 'points' | 'image'): Box {
  const { keypoints, visibility, image } = sample
  if (around === 'image') return imageBox(image)
  if (around === 'box') {
    if (hasArea(sample.box)) return sample.box
    throw new FacekpError({
      code: 'AUGMENT_NO_BOX',
      problem: 'randomCropAroundBox: nothing to crop around',
      received: sample.box ? JSON.stringify(sample.box) : 'a sample without a box',
      expected: "a sample with a box of positive width and height, or around: 'points'",
    })
  }
  const box = boundingBox(keypoints.filter((_, i) => visibility[i >> 1] !== 0))
  // The crop has the aspect ratio of the output: points on a horizontal or vertical line, such as two eyes, give its size too.
  if (box.width > 0 || box.height > 0) return box
  throw new FacekpError({
    code: 'AUGMENT_NO_BOX',
    problem: 'randomCropAroundBox: nothing to crop around',
    received: 'no two labeled keypoints at different places',
    expected: "a sample with labeled keypoints, or around: 'image'",
  })
}

function hasArea(box: Box | undefined): box is Box {
  return box !== undefined && box.width > 0 && box.height > 0
}

/** Enlarges and moves a box, as far as necessary, to contain the labeled keypoints of the image. */
function growToContain(box: Box, sample: SampleMeta): Box {
  const points = Float32Array.from(
    [...labeledInside(sample)].flatMap((point) => [...sample.keypoints.subarray(2 * point, 2 * point + 2)]),
  ) as Keypoints
  if (points.length === 0) return box
  const needed = boundingBox(points)
  const growth = Math.max(1, needed.width / box.width, needed.height / box.height)
  const width = growth * box.width
  const height = growth * box.height
  const clamp = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to)
  const { left, top } = createCenteredBox(box.left + box.width / 2, box.top + box.height / 2, width, height)
  return {
    left: clamp(left, needed.left + needed.width - width, needed.left),
    top: clamp(top, needed.top + needed.height - height, needed.top),
    width,
    height,
  }
}

function createCenteredBox(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, width, height }
}
