import { FacekpError } from '@facekp/core'
import { z } from 'zod'
import { earlyStoppingSchema } from '../callbacks/early-stopping.ts'
import { lossSchema } from '../losses/loss-schema.ts'
import type { LossSettings } from '../losses/registry.ts'
import { optimizerSchema } from '../optimizers/optimizer-schema.ts'
import type { OptimizerSettings } from '../optimizers/registry.ts'
import { anyLossSchema, countSchema, pointWeightsSchema } from '../options/option-schemas.ts'
import { type Schedule, type ScheduleFunction, scheduleSchema } from '../schedules/schedule.ts'
import { firstIssue } from '../settings-problem.ts'
import type { ParamGroup } from '../weights/param-groups.ts'
import type { TrainOptions } from './train-options.ts'

/** The options of `train` that are plain settings. */
type SettingsOptions = Pick<
  TrainOptions,
  | 'epochs'
  | 'batchSize'
  | 'gradientAccumulationSteps'
  | 'seed'
  | 'optimizer'
  | 'learningRate'
  | 'paramGroups'
  | 'emaDecay'
  | 'maxGradientNorm'
  | 'loss'
  | 'pointWeights'
  | 'earlyStopping'
  | 'limitBatches'
  | 'overfitBatches'
  | 'timeLimitSeconds'
  | 'tensorLeakLimit'
>

/** They, checked, with their defaults. */
export type Settings = SettingsOptions & {
  readonly gradientAccumulationSteps: number
  readonly seed: number
  readonly optimizer: OptimizerSettings
  readonly paramGroups: readonly ParamGroup[]
  readonly tensorLeakLimit: number
}

/** The settings of a training as plain JSON: the options of `train` of these names, none of them a function. */
export type TrainingConfig = Omit<SettingsOptions, 'learningRate' | 'loss'> & {
  readonly learningRate: number | Schedule
  readonly loss?: LossSettings | undefined
}

const rate = z.number().positive()

const common = {
  epochs: countSchema,
  batchSize: countSchema,
  gradientAccumulationSteps: countSchema.default(1),
  seed: z.number().int().default(0),
  optimizer: optimizerSchema.default({ kind: 'adam' }),
  paramGroups: z.array(z.strictObject({ match: z.string(), lrScale: z.number().nonnegative() })).default([]),
  emaDecay: z.number().min(0).lt(1).optional(),
  maxGradientNorm: z.number().positive().optional(),
  pointWeights: pointWeightsSchema.optional(),
  earlyStopping: earlyStoppingSchema.optional(),
  limitBatches: countSchema.optional(),
  overfitBatches: countSchema.optional(),
  timeLimitSeconds: z.number().positive().optional(),
  tensorLeakLimit: z.number().int().nonnegative().default(1000),
}

/** The names of the options of `train` that are plain settings. */
export const SETTINGS: ReadonlySet<string> = new Set([...Object.keys(common), 'learningRate', 'loss'])

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isOneLimit = ({ limitBatches, overfitBatches }: Pick<TrainOptions, 'limitBatches' | 'overfitBatches'>): boolean =>
  !(limitBatches && overfitBatches)
const notOneLimit = { path: ['limitBatches'], error: 'it cannot be used together with overfitBatches' }

export const settingsSchema: z.ZodType<Settings> = z
  .object({
    ...common,
    learningRate: z.union([rate, scheduleSchema, z.custom<ScheduleFunction>(isFunction)], {
      error: 'is no number above 0, no schedule with all that its kind needs and nothing else, and no function',
    }),
    loss: anyLossSchema.optional(),
  })
  .refine(isOneLimit, notOneLimit)

const configSchema: z.ZodType<TrainingConfig> = z
  .strictObject({
    ...common,
    learningRate: z.union([rate, scheduleSchema], {
      error: 'is no number above 0, and no schedule with all that its kind needs and nothing else',
    }),
    loss: lossSchema.optional(),
  })
  .refine(isOneLimit, notOneLimit)

/**
 * Reads the settings of a training from JSON, and fills in those that have defaults. What it gives goes into `train` as it is.
 * Throws `TRAIN_CONFIG` naming the place within the JSON that cannot be used, such as `optimizer.momentum`.
 *
 * @param from.file what the error names
 * @param from.within where in that file the settings stand, such as `config`
 *
 * @example
 * ```ts
 * const config = parseTrainingConfig({ epochs: 20, batchSize: 8, learningRate: { kind: 'cosine', rate: 1e-3 }, loss: { kind: 'wing' } })
 * await train({ ...config, model, train: faces, validation })
 * ```
 */
export function parseTrainingConfig(
  json: unknown,
  { file, within }: { readonly file?: string; readonly within?: string } = {},
): TrainingConfig {
  const parsed = configSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const { place, received, why } = firstIssue(parsed.error, json)
  const whole = [within, place].filter(Boolean).join('.')
  throw new FacekpError({
    code: 'TRAIN_CONFIG',
    problem: `${whole || 'the settings'} cannot be used: ${why}`,
    file,
    received,
  })
}
