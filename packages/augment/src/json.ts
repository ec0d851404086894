import { checkArgument, FacekpError, type Json, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod/mini'
import { applyOps } from './apply-ops.ts'
import type { Applied, Augmentation, AugmentationJson, Augmented } from './augmentation.ts'
import { compose } from './composition/compose.ts'
import { oneOf } from './composition/one-of.ts'
import { someOf } from './composition/some-of.ts'
import { sometimes } from './composition/sometimes.ts'
import { TRANSFORMS } from './registry.ts'
import { check } from './schemas.ts'

const augmentationJsonSchema: z.ZodMiniType<AugmentationJson> = z.strictObject({
  name: z.string(),
  options: z.custom<Json>(),
})

/** Most augmentations that contain one another. */
const MAX_DEPTH = 64

const transforms = z.array(z.unknown())

/** Augmentations that contain others. */
const COMPOSITIONS: Readonly<Record<string, (options: unknown, depth: number) => Augmentation>> = {
  compose: (options, depth) =>
    compose(parseTransforms('compose', z.strictObject({ transforms }), options, depth).inner),
  oneOf: (options, depth) => oneOf(parseTransforms('oneOf', z.strictObject({ transforms }), options, depth).inner),
  someOf(json, depth) {
    const count = z.tuple([z.number(), z.number()])
    const { options, inner } = parseTransforms('someOf', z.strictObject({ count, transforms }), json, depth)
    return someOf(options.count, inner)
  },
  sometimes(options, depth) {
    const schema = z.strictObject({ probability: z.number(), transform: z.unknown() })
    const { probability, transform } = check('AUGMENT_JSON', 'sometimes', schema, options)
    return sometimes(probability, create(transform, depth + 1))
  },
}

function parseTransforms<Options extends { transforms: readonly unknown[] }>(
  name: string,
  schema: z.ZodMiniType<Options>,
  json: unknown,
  depth: number,
): { options: Options; inner: Augmentation[] } {
  const options = check('AUGMENT_JSON', name, schema, json)
  return { options, inner: options.transforms.map((transform) => create(transform, depth + 1)) }
}

/**
 * Creates an augmentation from JSON, equal to the one that `toJSON` was called on.
 *
 * @throws `AUGMENT_JSON` for invalid JSON, `AUGMENT_OPTIONS` for invalid options in it
 *
 * @example
 * ```ts
 * const copy = fromJSON(JSON.parse(JSON.stringify(pipeline)))
 * ```
 */
export function fromJSON(json: unknown): Augmentation {
  return create(json, 1)
}

/** Creates the augmentation of JSON that `depth - 1` others contain. */
function create(json: unknown, depth: number): Augmentation {
  if (depth > MAX_DEPTH) throw tooDeepError()
  const { name, options } = check('AUGMENT_JSON', 'fromJSON', augmentationJsonSchema, json)
  const factories = { ...TRANSFORMS, ...COMPOSITIONS } as Readonly<
    Record<string, (options: unknown, depth: number) => Augmentation>
  >
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined
  if (factory) return factory(options, depth)
  throw new FacekpError({
    code: 'AUGMENT_JSON',
    problem: 'fromJSON: unknown augmentation name',
    received: JSON.stringify(name),
    expected: `one of ${Object.keys(factories).join(', ')}`,
  })
}

function tooDeepError(): FacekpError {
  return new FacekpError({
    code: 'AUGMENT_JSON',
    problem: 'fromJSON: augmentations contain others too deeply',
    received: `more than ${MAX_DEPTH} levels`,
    expected: `at most ${MAX_DEPTH}`,
  })
}

const appliedSchema: z.ZodMiniType<readonly Applied[]> = z.array(
  z.strictObject({ name: z.string(), options: z.custom<Json>(), params: z.custom<Json>() }),
)

/**
 * Applies the recorded augmentations of a result to a sample, without the pipeline.
 *
 * @param applied the result's `applied`, plain JSON
 * @returns the same pixels and keypoints; neighboring geometric augmentations of several `apply` calls become one map, as in `compose`
 *
 * @throws `AUGMENT_JSON`, `AUGMENT_OPTIONS` or `AUGMENT_PARAMS` for an invalid record, `AUGMENT_SIZE` for an image of another size
 *
 * @example
 * ```ts
 * const augmented = transformSample(pipeline, sample, random)
 * replay(sample, augmented.applied) // the same result
 * ```
 */
export function replay(sample: Sample, applied: readonly Applied[]): Augmented {
  checkArgument(KINDS.sample, sample, 'sample', 'replay')
  const records = check('AUGMENT_JSON', 'replay', appliedSchema, applied)
  return applyOps(
    sample,
    records.flatMap(({ params, ...json }) => fromJSON(json).ops(params)),
  )
}
