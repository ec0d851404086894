import * as z from 'zod/mini'
import { type EarlyStoppingOptions, earlyStoppingSchema } from '../callbacks/early-stopping.ts'
import type { PointWeights } from '../data/point-weights.ts'
import type { Loss } from '../losses/loss.ts'
import { type LossSettings, lossSchema } from '../losses/resolve-loss.ts'
import { type OptimizerSettings, optimizerSchema } from '../optimizers/create-optimizer.ts'
import { anyLossSchema, countSchema, pointWeightsSchema } from '../options/option-schemas.ts'
import { type Schedule, scheduleSchema } from '../schedules/learning-rate-at.ts'
import type { ScheduleFunction } from '../schedules/training-progress.ts'
import type { ParamGroup } from '../weights/param-groups.ts'

/** Options of `train` that are plain settings. */
export interface TrainingSettings {
  readonly epochs: number
  /** Samples a batch. */
  readonly batchSize: number
  /** Batches whose gradients make one step, for batches that exceed the memory (default 1). */
  readonly gradientAccumulationSteps?: number | undefined
  /** Learning rate: a number, a schedule, or a function of the training's progress. */
  readonly learningRate: number | Schedule | ScheduleFunction
  /** Default `{ kind: 'adam' }`. */
  readonly optimizer?: OptimizerSettings | undefined
  /** Layers with their own learning rate, or frozen; the first group that matches a layer's name counts (default: none). */
  readonly paramGroups?: readonly ParamGroup[] | undefined
  /**
   * Decay of the exponential moving average of the weights, such as 0.999 (default: no average). Validation measures the averages; the
   * model has them during `onEpoch` and after the training.
   */
  readonly emaDecay?: number | undefined
  /** Loss by its kind and options, such as `{ kind: 'wing', omega: 10 }`, or as a function (default: mean squared error). */
  readonly loss?: Loss | LossSettings | undefined
  /** Weights of points in the loss, such as less for hidden ones (default: all 1). */
  readonly pointWeights?: PointWeights | undefined
  /** Largest global norm of the gradients; larger ones are scaled down to it (default: no limit). */
  readonly maxGradientNorm?: number | undefined
  /** Seed of order, augmentation, and what layers draw, such as dropout and noise (default 0). The model's initial weights are its own. */
  readonly seed?: number | undefined
  /** Stops training once it no longer improves, and restores the best epoch's weights (default: none). */
  readonly earlyStopping?: EarlyStoppingOptions | undefined
  /** Seconds after which training stops, validation included; `resume` goes on from there (default: no limit). */
  readonly timeLimitSeconds?: number | undefined
  /** Tensors above those after this run's first step that count as a leak (default 1000). */
  readonly tensorLeakLimit?: number | undefined
  /** Batches per epoch, and the same number of validation samples, to try a program quickly (default: all). */
  readonly limitBatches?: number | undefined
  /**
   * Batches to overfit, to see whether the network can learn at all: each epoch takes the same ones, as the first epoch samples
   * them, and validates on them. The loss should approach 0.
   */
  readonly overfitBatches?: number | undefined
}

/** Settings with their defaults. */
export type ResolvedSettings = TrainingSettings & {
  readonly gradientAccumulationSteps: number
  readonly seed: number
  readonly optimizer: OptimizerSettings
  readonly paramGroups: readonly ParamGroup[]
  readonly tensorLeakLimit: number
}

/** Settings of a training as plain JSON: the options of `train` that are not functions. */
export type TrainingConfig = Omit<TrainingSettings, 'learningRate' | 'loss'> & {
  readonly learningRate: number | Schedule
  readonly loss?: LossSettings | undefined
}

const rate = z.number().check(z.positive())

const common = {
  epochs: countSchema,
  batchSize: countSchema,
  gradientAccumulationSteps: z._default(countSchema, 1),
  seed: z._default(z.int(), 0),
  optimizer: z._default(optimizerSchema, { kind: 'adam' }),
  paramGroups: z._default(
    z.array(z.strictObject({ match: z.string(), lrScale: z.number().check(z.nonnegative()) })),
    [],
  ),
  emaDecay: z.optional(z.number().check(z.minimum(0), z.lt(1))),
  maxGradientNorm: z.optional(z.number().check(z.positive())),
  pointWeights: z.optional(pointWeightsSchema),
  earlyStopping: z.optional(earlyStoppingSchema),
  limitBatches: z.optional(countSchema),
  overfitBatches: z.optional(countSchema),
  timeLimitSeconds: z.optional(z.number().check(z.positive())),
  tensorLeakLimit: z._default(z.int().check(z.nonnegative()), 1000),
}

/** Names of the options of `train` that are plain settings. */
export const SETTING_NAMES: ReadonlySet<string> = new Set([...Object.keys(common), 'learningRate', 'loss'])

const isFunction = (value: unknown): boolean => typeof value === 'function'
const hasOneLimit = (settings: Pick<TrainingSettings, 'limitBatches' | 'overfitBatches'>): boolean =>
  !(settings.limitBatches && settings.overfitBatches)
const oneLimitIssue = { path: ['limitBatches'], error: 'either limitBatches or overfitBatches' }

export const settingsSchema: z.ZodMiniType<ResolvedSettings> = z
  .object({
    ...common,
    learningRate: z.union([rate, scheduleSchema, z.custom<ScheduleFunction>(isFunction)], {
      error: 'a number above 0, a schedule of a known kind with its options, or a function',
    }),
    loss: z.optional(anyLossSchema),
  })
  .check(z.refine(hasOneLimit, oneLimitIssue))

export const configSchema: z.ZodMiniType<TrainingConfig> = z
  .strictObject({
    ...common,
    learningRate: z.union([rate, scheduleSchema], {
      error: 'a number above 0, or a schedule of a known kind with its options',
    }),
    loss: z.optional(lossSchema),
  })
  .check(z.refine(hasOneLimit, oneLimitIssue))
