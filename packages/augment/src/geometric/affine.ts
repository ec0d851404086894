import { type Affine, composeAffine, type Random, rotation, scaling, translation } from '@facekp/core'
import * as z from 'zod/mini'
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
import { keepsPointsInside } from './keep-inside.ts'

export interface AffineOptions extends BorderOptions {
  /** Rotation about the image center; positive is clockwise. Default 0. */
  readonly degrees?: Range
  /** Scale about the image center: 1.2 is 1 / 1.2 to 1.2. Default 1. */
  readonly scale?: Range
  /** Shift along each axis, as a fraction of width and height. Default 0. */
  readonly shift?: Range
  /** Shear along each axis in degrees, at most 40. Default 0. */
  readonly shear?: Range
  /** Reduces the whole transform until no labeled keypoint leaves the image. Default false. */
  readonly keepPointsInside?: boolean
}

export type AffineParams = {
  readonly degrees: number
  readonly scale: number
  readonly shiftX: number
  readonly shiftY: number
  readonly shearX: number
  readonly shearY: number
  /** Size of the image that the parameters are for. */
  readonly width: number
  readonly height: number
}

/** At 45 degrees along both axes the map is singular. */
const MAX_SHEAR = 40

const fraction = z.number().check(z.minimum(-1), z.maximum(1))
const angle = z.number().check(z.minimum(-MAX_SHEAR), z.maximum(MAX_SHEAR))

const definition: Definition<Required<AffineOptions>, AffineParams> = {
  name: 'affine',
  options: z.strictObject({
    degrees: z._default(offsetSchema(360), 0),
    scale: z._default(ratioSchema, 1),
    shift: z._default(offsetSchema(1), 0),
    shear: z._default(offsetSchema(MAX_SHEAR), 0),
    keepPointsInside: z._default(z.boolean(), false),
    ...borderSchemas,
  }),
  params: z.strictObject({
    degrees: z.number(),
    scale: z.number().check(z.positive()),
    shiftX: fraction,
    shiftY: fraction,
    shearX: angle,
    shearY: angle,
    ...sizeSchema,
  }),
  makeParams(random, sample, options) {
    const params = drawAffine(random, sample, options)
    return options.keepPointsInside ? limitToInside(params, sample) : params
  },
  createOp: (params, { border, outOfFrame }) => ({ ...createGeometricOp(params), border: { border, outOfFrame } }),
}

/**
 * Shears, rotates, scales and shifts at random, in this order, about the image center; the size stays.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
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
  { degrees, scale, shift, shear }: Required<AffineOptions>,
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

function createGeometricOp({
  degrees,
  scale,
  shiftX,
  shiftY,
  shearX,
  shearY,
  width,
  height,
}: AffineParams): GeometricOp {
  const cx = (width - 1) / 2
  const cy = (height - 1) / 2
  const map = composeAffine(
    createShear(shearX, shearY, cx, cy),
    rotation(degrees, cx, cy),
    scaling(scale, scale, cx, cy),
    translation(shiftX * width, shiftY * height),
  )
  return { from: { width, height }, to: { width, height }, map }
}

function createShear(degreesX: number, degreesY: number, cx: number, cy: number): Affine {
  const x = Math.tan((degreesX * Math.PI) / 180)
  const y = Math.tan((degreesY * Math.PI) / 180)
  return [1, x, -x * cy, y, 1, -y * cx]
}

/** Returns the largest part of the transform that keeps all keypoints inside, by bisection. */
function limitToInside(params: AffineParams, sample: SampleMeta): AffineParams {
  if (keepsPointsInside(sample, createGeometricOp(params))) return params
  let low = 0
  let high = 1
  for (let i = 0; i < 20; i++) {
    const factor = (low + high) / 2
    if (keepsPointsInside(sample, createGeometricOp(scaleParams(params, factor)))) low = factor
    else high = factor
  }
  return scaleParams(params, low)
}

function scaleParams(params: AffineParams, factor: number): AffineParams {
  return {
    ...params,
    degrees: params.degrees * factor,
    scale: params.scale ** factor,
    shiftX: params.shiftX * factor,
    shiftY: params.shiftY * factor,
    shearX: params.shearX * factor,
    shearY: params.shearY * factor,
  }
}
