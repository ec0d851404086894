import { z } from 'zod'
import type { EpochReport } from '../loop/train-options.ts'
import { oneCycleRate } from './one-cycle.ts'
import { plateauRate } from './plateau.ts'

/** Where a training stands when a step begins. */
export interface TrainingProgress {
  /** The step about to be done, the first being 0. */
  readonly step: number
  /** Steps in the whole training. */
  readonly steps: number
  readonly stepsPerEpoch: number
  /** Of the epochs that are done. */
  readonly history: readonly Pick<EpochReport, 'trainLoss' | 'valLoss'>[]
}

/**
 * A learning rate that changes with the training's progress, as plain JSON. With `warmupSteps` it rises to its first value in a
 * straight line: rate (step + 1) / warmupSteps.
 *
 * - `constant`: `rate`.
 * - `step`: `rate`, times `factor` (default 0.1) once each of `afterEpochs` is done.
 * - `cosine`: from `rate` to `final` (default 0) along half a cosine: final + (rate - final) (1 + cos(pi t)) / 2, t from 0 after the
 *   warm-up to 1 at the end.
 * - `oneCycle`: up from `rate / 25` to `rate` within the first `rise` of the steps (0 to 1, default 0.3) and down to `rate / 250000`,
 *   each along half a cosine. It warms up by itself.
 * - `plateau`: `rate`, times `factor` (default 0.1) whenever the loss (of validation where there is one) has not fallen below
 *   its smallest value times 1 - 1e-4 for more than `patience` epochs (default 10).
 *
 * The numbers are PyTorch's: MultiStepLR, CosineAnnealingLR, OneCycleLR (without its change of momentum), ReduceLROnPlateau, LinearLR.
 *
 * Sources: Goyal et al. 2017, arXiv:1706.02677 (warm-up); Loshchilov and Hutter 2017, arXiv:1608.03983 (cosine); Smith and Topin
 * 2018, arXiv:1708.07120 (one cycle).
 */
export type Schedule =
  | { readonly kind: 'constant'; readonly learningRate: number; readonly warmupSteps?: number | undefined }
  | {
      readonly kind: 'step'
      readonly learningRate: number
      readonly milestones: readonly number[]
      readonly factor?: number | undefined
      readonly warmupSteps?: number | undefined
    }
  | {
      readonly kind: 'cosine'
      readonly learningRate: number
      readonly minLearningRate?: number | undefined
      readonly warmupSteps?: number | undefined
    }
  | { readonly kind: 'oneCycle'; readonly learningRate: number; readonly pctStart?: number | undefined }
  | {
      readonly kind: 'plateau'
      readonly learningRate: number
      readonly factor?: number | undefined
      readonly patience?: number | undefined
      readonly warmupSteps?: number | undefined
    }

/** A learning rate that a function decides: of any kind, but not written down, and not compared where a training is resumed. */
export type ScheduleFunction = (progress: TrainingProgress) => number

const learningRate = z.number().positive()
const factor = z.number().positive().lt(1).optional()
const warmupSteps = z.number().int().nonnegative().optional()

export const scheduleSchema: z.ZodType<Schedule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), learningRate, warmupSteps }),
  z.strictObject({
    kind: z.literal('step'),
    learningRate,
    milestones: z.array(z.number().int().positive()),
    factor,
    warmupSteps,
  }),
  z.strictObject({
    kind: z.literal('cosine'),
    learningRate,
    minLearningRate: z.number().nonnegative().optional(),
    warmupSteps,
  }),
  z.strictObject({ kind: z.literal('oneCycle'), learningRate, pctStart: z.number().positive().lt(1).optional() }),
  z.strictObject({
    kind: z.literal('plateau'),
    learningRate,
    factor,
    patience: z.number().int().nonnegative().optional(),
    warmupSteps,
  }),
])

/** The learning rate of a step. */
export function learningRateAt(schedule: number | Schedule | ScheduleFunction, progress: TrainingProgress): number {
  if (typeof schedule === 'number') return schedule
  if (typeof schedule === 'function') return schedule(progress)
  const { step, steps, stepsPerEpoch, history } = progress
  if (schedule.kind === 'oneCycle') return oneCycleRate(schedule, step, steps)
  const { learningRate, warmupSteps = 0 } = schedule
  const rising = step < warmupSteps ? (step + 1) / warmupSteps : 1
  switch (schedule.kind) {
    case 'constant':
      return learningRate * rising
    case 'step': {
      const epochsDone = Math.floor(step / stepsPerEpoch)
      const { milestones, factor = 0.1 } = schedule
      return learningRate * rising * factor ** milestones.filter((epoch) => epoch <= epochsDone).length
    }
    case 'cosine': {
      if (step < warmupSteps) return learningRate * rising
      const { minLearningRate = 0 } = schedule
      return (
        minLearningRate +
        ((learningRate - minLearningRate) * (1 + Math.cos((Math.PI * (step - warmupSteps)) / (steps - warmupSteps)))) /
          2
      )
    }
    case 'plateau':
      return rising * plateauRate(schedule, history)
  }
}
