import { FacekpError, type Json, type Sample } from '@facekp/core'
import { z } from 'zod'
import { applyOps } from './apply-ops.ts'
import type { Applied, Augmentation, AugmentationJson, Augmented } from './augmentation.ts'
import { compose } from './composition/compose.ts'
import { oneOf } from './composition/one-of.ts'
import { someOf } from './composition/some-of.ts'
import { sometimes } from './composition/sometimes.ts'
import { affine } from './geometric/affine.ts'
import { crop } from './geometric/crop.ts'
import { elastic } from './geometric/elastic.ts'
import { horizontalFlip } from './geometric/horizontal-flip.ts'
import { pad } from './geometric/pad.ts'
import { perspective } from './geometric/perspective.ts'
import { piecewiseAffine } from './geometric/piecewise-affine.ts'
import { randomCropAroundBox } from './geometric/random-crop-around-box.ts'
import { resize } from './geometric/resize.ts'
import { coarseDropout } from './occluding/coarse-dropout.ts'
import { occluder } from './occluding/occluder.ts'
import { blur } from './photometric/blur.ts'
import { brightness } from './photometric/brightness.ts'
import { clahe } from './photometric/clahe.ts'
import { contrast } from './photometric/contrast.ts'
import { gamma } from './photometric/gamma.ts'
import { gray } from './photometric/gray.ts'
import { hueSaturation } from './photometric/hue-saturation.ts'
import { jpeg } from './photometric/jpeg.ts'
import { linearLight } from './photometric/linear-light.ts'
import { motionBlur } from './photometric/motion-blur.ts'
import { noise } from './photometric/noise.ts'
import { normalize } from './photometric/normalize.ts'
import { sharpen } from './photometric/sharpen.ts'
import { shotNoise } from './photometric/shot-noise.ts'
import { check } from './schemas.ts'

/** Every single augmentation, by its name in JSON. Tests and gallery iterate over it. */
export const TRANSFORMS: Readonly<Record<string, (options: never) => Augmentation>> = {
  affine,
  horizontalFlip,
  crop,
  randomCropAroundBox,
  resize,
  pad,
  perspective,
  elastic,
  piecewiseAffine,
  brightness,
  contrast,
  gamma,
  hueSaturation,
  gray,
  blur,
  motionBlur,
  noise,
  shotNoise,
  jpeg,
  sharpen,
  clahe,
  linearLight,
  normalize,
  coarseDropout,
  occluder,
}

const written: z.ZodType<AugmentationJson> = z.strictObject({ name: z.string(), options: z.custom<Json>() })

const transforms = z.array(z.unknown())

/** Augmentations that contain others. */
const COMPOSITIONS: Readonly<Record<string, (options: unknown) => Augmentation>> = {
  compose: (options) => compose(parseTransforms('compose', z.strictObject({ transforms }), options).inner),
  oneOf: (options) => oneOf(parseTransforms('oneOf', z.strictObject({ transforms }), options).inner),
  someOf(options) {
    const count = z.tuple([z.number(), z.number()])
    const { own, inner } = parseTransforms('someOf', z.strictObject({ count, transforms }), options)
    return someOf(own.count, inner)
  },
  sometimes(options) {
    const schema = z.strictObject({ probability: z.number(), transform: z.unknown() })
    const { probability, transform } = check('AUGMENT_JSON', 'sometimes', schema, options)
    return sometimes(probability, fromJSON(transform))
  },
}

function parseTransforms<Own extends { transforms: readonly unknown[] }>(
  name: string,
  schema: z.ZodType<Own>,
  options: unknown,
) {
  const own = check('AUGMENT_JSON', name, schema, options)
  return { own, inner: own.transforms.map(fromJSON) }
}

/**
 * The augmentation that was written down: `fromJSON(JSON.parse(JSON.stringify(pipeline)))` draws and does exactly what `pipeline`
 * does.
 *
 * Throws `AUGMENT_JSON` where it is none, and `AUGMENT_OPTIONS` where the options of one are not right.
 */
export function fromJSON(json: unknown): Augmentation {
  const { name, options } = check('AUGMENT_JSON', 'an augmentation', written, json)
  const make = Object.hasOwn(TRANSFORMS, name)
    ? TRANSFORMS[name]
    : Object.hasOwn(COMPOSITIONS, name)
      ? COMPOSITIONS[name]
      : undefined
  if (make) return (make as (options: unknown) => Augmentation)(options)
  throw new FacekpError({
    code: 'AUGMENT_JSON',
    problem: 'unknown augmentation name',
    received: JSON.stringify(name),
    expected: [...Object.keys(TRANSFORMS), ...Object.keys(COMPOSITIONS)].join(', '),
  })
}

const appliedSchema: z.ZodType<readonly Applied[]> = z.array(
  z.strictObject({ name: z.string(), options: z.custom<Json>(), params: z.custom<Json>() }),
)

/**
 * Does to a sample what a result says was done to it (its `applied`, plain JSON): the same pixels and points again, without the
 * pipeline at hand. A pipeline's own parameters are replayed by its `apply`.
 *
 * Throws `AUGMENT_JSON`, `AUGMENT_OPTIONS` or `AUGMENT_PARAMS` where the record is not one, and `AUGMENT_SIZE` where the picture is
 * of another size than the one it is about.
 *
 * @example
 * ```ts
 * const augmented = transformSample(pipeline, sample, random)
 * replay(sample, augmented.applied) // the same
 * ```
 */
export function replay(sample: Sample, applied: readonly Applied[]): Augmented {
  const records = check('AUGMENT_JSON', 'a record', appliedSchema, applied)
  return applyOps(
    sample,
    records.flatMap(({ params, ...json }) => fromJSON(json).ops(params)),
  )
}
