import type { Json, Random } from '@facekp/core'
import type { z } from 'zod'
import type { AppliedOp, Augmentation, Op, SampleMeta } from './augmentation.ts'
import { inverseOf, runChanges } from './run.ts'
import { check } from './schemas.ts'

/** What a single augmentation is made of. */
export interface Definition<Options extends object, Params extends Json> {
  readonly name: string
  readonly options: z.ZodType<Options>
  /** May depend on the options, as where they say how many numbers are drawn. */
  readonly params: z.ZodType<Params> | ((options: Options) => z.ZodType<Params>)
  draw(random: Random, sample: SampleMeta, options: Options): Params
  step(params: Params, options: Options): Op
}

/** The augmentation of a definition. Throws `AUGMENT_OPTIONS` where the options are not right. */
export function define<Options extends object, Params extends Json>(
  definition: Definition<Options, Params>,
  given: unknown,
): Augmentation<Params> {
  const { name, step } = definition
  const options = check('AUGMENT_OPTIONS', name, definition.options, given)
  const schema = typeof definition.params === 'function' ? definition.params(options) : definition.params
  return augmentation({
    name,
    options: options as Json,
    draw: (random, sample) => definition.draw(random, sample, options),
    changes(given) {
      const params = check('AUGMENT_PARAMS', name, schema, given)
      return [{ applied: { name, options: options as Json, params }, op: step(params, options) }]
    },
  })
}

/** The rest of an augmentation, which follows from what it draws and what changes that comes down to. */
export function augmentation<Params extends Json>(parts: {
  readonly name: string
  readonly options: Json
  draw(random: Random, sample: SampleMeta): Params
  changes(params: Params): readonly AppliedOp[]
}): Augmentation<Params> {
  const { name, options, draw, changes } = parts
  return {
    name,
    makeParams: draw,
    ops: changes,
    apply: (sample, params) => runChanges(sample, changes(params)),
    inverse: (params) => inverseOf(changes(params)),
    toJSON: () => ({ name, options }),
  }
}
