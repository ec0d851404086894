import type { Json, Random } from '@facekp/core'
import type * as z from 'zod/mini'
import { applyOps, invertOps } from './apply-ops.ts'
import type { AppliedOp, Augmentation, Op, SampleMeta } from './augmentation.ts'
import { check } from './schemas.ts'

/** The definition of a single augmentation. */
export interface Definition<Options extends object, Params extends Json> {
  readonly name: string
  readonly options: z.ZodMiniType<Options>
  /** May depend on the options. */
  readonly params: z.ZodMiniType<Params> | ((options: Options) => z.ZodMiniType<Params>)
  makeParams(random: Random, sample: SampleMeta, options: Options): Params
  createOp(params: Params, options: Options): Op
}

/** Creates the augmentation of a definition. Throws `AUGMENT_OPTIONS` for invalid options. */
export function define<Options extends object, Params extends Json>(
  definition: Definition<Options, Params>,
  input: unknown,
): Augmentation<Params> {
  const { name, createOp } = definition
  const options = check('AUGMENT_OPTIONS', name, definition.options, input)
  const schema = typeof definition.params === 'function' ? definition.params(options) : definition.params
  return createAugmentation({
    name,
    options: options as Json,
    makeParams: (random, sample) => definition.makeParams(random, sample, options),
    ops(input) {
      const params = check('AUGMENT_PARAMS', name, schema, input)
      return [{ applied: { name, options: options as Json, params }, op: createOp(params, options) }]
    },
  })
}

/** Creates an augmentation from functions for its parameters and ops. */
export function createAugmentation<Params extends Json>(parts: {
  readonly name: string
  readonly options: Json
  makeParams(random: Random, sample: SampleMeta): Params
  ops(params: Params): readonly AppliedOp[]
}): Augmentation<Params> {
  const { name, options, makeParams, ops } = parts
  return {
    name,
    makeParams,
    ops,
    apply: (sample, params) => applyOps(sample, ops(params)),
    inverse: (params) => invertOps(ops(params)),
    toJSON: () => ({ name, options }),
  }
}
