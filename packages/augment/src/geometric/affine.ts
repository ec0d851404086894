import { type Affine, composeAffine, type Random, rotation, scaling, translation } from '@facekp/core'
import { z } from 'zod'
import type { Augmentation, GeometricOp, SampleMeta } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import {
  type BorderOptions,
  borderSchemas,
  drawOffset,
  drawRatio,
  offsetSchema,
  type Range,
  ratioSchema,
  sizeSchema,
} from '../schemas.ts'
import { keepsInside } from './keep-inside.ts'

export interface AffineOptions extends BorderOptions {
  /** Turn about the picture's middle; positive is clockwise. Default 0. */
  readonly degrees?: Range
  /** Enlargement about the middle: 1.2 is from 1 / 1.2 to 1.2. Default 1. */
  readonly scale?: Range
  /** Shift along each axis, as a fraction of the picture's width and height. Default 0. */
  readonly shift?: Range
  /** Slant of the vertical lines and of the horizontal ones, in degrees, up to 40, so that nothing folds over. Default 0. */
  readonly shear?: Range
  /** Does less of all this at once where a labeled point would leave the picture. Default false. */
  readonly keepPointsInside?: boolean
}

export type AffineParams = {
  readonly degrees: number
  readonly scale: number
  readonly shiftX: number
  readonly shiftY: number
  readonly shearX: number
  readonly shearY: number
  /** Of the picture that they were drawn for. */
  readonly width: number
  readonly height: number
}

/** Where both kinds of lines slant by 45 degrees they fall together. */
const MAX_SHEAR = 40

const fraction = z.number().min(-1).max(1)
const angle = z.number().min(-MAX_SHEAR).max(MAX_SHEAR)

const definition: Definition<Required<AffineOptions>, AffineParams> = {
  name: 'affine',
  options: z.strictObject({
    degrees: offsetSchema(360).default(0),
    scale: ratioSchema.default(1),
    shift: offsetSchema(1).default(0),
    shear: offsetSchema(MAX_SHEAR).default(0),
    keepPointsInside: z.boolean().default(false),
    ...borderSchemas,
  }),
  params: z.strictObject({
    degrees: z.number(),
    scale: z.number().positive(),
    shiftX: fraction,
    shiftY: fraction,
    shearX: angle,
    shearY: angle,
    ...sizeSchema,
  }),
  makeParams(random, sample, { degrees, scale, shift, shear, keepPointsInside }) {
    const drawn = drawAffine(random, sample, degrees, scale, shift, shear)
    return keepPointsInside ? limited(drawn, sample) : drawn
  },
  createOp: (params, { border, outOfFrame }) => ({ ...moveOf(params), border: { border, outOfFrame } }),
}

/**
 * Shears, turns, scales and shifts at random, in this order, about the picture's middle; the picture keeps its size.
 *
 * Throws `AUGMENT_OPTIONS` for options out of range.
 *
 * @example
 * ```ts
 * affine({ degrees: 15, scale: 1.15, shift: 0.1, border: 'reflect' })
 * ```
 */
export function affine(options: AffineOptions = {}): Augmentation<AffineParams> {
  return define(definition, options)
}

function drawAffine(
  random: Random,
  { image: { width, height } }: SampleMeta,
  degrees: Range,
  scale: Range,
  shift: Range,
  shear: Range,
): AffineParams {
  return {
    degrees: drawOffset(random, degrees),
    scale: drawRatio(random, scale),
    shiftX: drawOffset(random, shift),
    shiftY: drawOffset(random, shift),
    shearX: drawOffset(random, shear),
    shearY: drawOffset(random, shear),
    width,
    height,
  }
}

function moveOf({ degrees, scale, shiftX, shiftY, shearX, shearY, width, height }: AffineParams): GeometricOp {
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2]
  const map = composeAffine(
    shearing(shearX, shearY, cx, cy),
    rotation(degrees, cx, cy),
    scaling(scale, scale, cx, cy),
    translation(shiftX * width, shiftY * height),
  )
  return { from: { width, height }, to: { width, height }, map }
}

function shearing(degreesX: number, degreesY: number, cx: number, cy: number): Affine {
  const [x, y] = [Math.tan((degreesX * Math.PI) / 180), Math.tan((degreesY * Math.PI) / 180)]
  return [1, x, -x * cy, y, 1, -y * cx]
}

/** The parameters, or as much of them as leaves in the picture all labeled points that are in it: found by halving. */
function limited(params: AffineParams, sample: SampleMeta): AffineParams {
  if (keepsInside(sample, moveOf(params))) return params
  let [less, more] = [0, 1]
  for (let i = 0; i < 20; i++) {
    const share = (less + more) / 2
    if (keepsInside(sample, moveOf(shareOf(params, share)))) less = share
    else more = share
  }
  return shareOf(params, less)
}

function shareOf(params: AffineParams, share: number): AffineParams {
  return {
    ...params,
    degrees: params.degrees * share,
    scale: params.scale ** share,
    shiftX: params.shiftX * share,
    shiftY: params.shiftY * share,
    shearX: params.shearX * share,
    shearY: params.shearY * share,
  }
}
