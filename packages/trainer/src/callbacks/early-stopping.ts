import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { EpochReport } from '../loop/reports.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { WeightSnapshot } from '../weights/weight-snapshot.ts'
import type { TrainingCallback } from './training-callback.ts'

/** Options of {@link earlyStopping}, as plain JSON. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement before training stops (at least 1). */
  readonly patience: number
  /** Metric that must fall (default `valErrorPx`). */
  readonly metric?: 'valErrorPx' | 'valLoss' | 'trainLoss' | undefined
  /** Smallest decrease that is an improvement (at least 0, default 0). */
  readonly minDelta?: number | undefined
}

export const earlyStoppingSchema: z.ZodMiniType<EarlyStoppingOptions> = z.strictObject({
  patience: z.int().check(z.positive()),
  metric: z.optional(z.enum(['valErrorPx', 'valLoss', 'trainLoss'])),
  minDelta: z.optional(z.number().check(z.nonnegative())),
})

/**
 * Stops training once a metric no longer improves, and restores the weights of the best epoch, however training ends.
 *
 * @throws `TRAIN_OPTION` for an invalid option, or when training begins without the validation set that the metric needs
 *
 * @example
 * ```ts
 * import { earlyStopping, train, type TrainOptions } from '@facekp/trainer'
 *
 * export const trainUntilBest = (options: TrainOptions) => train({ ...options, callbacks: [earlyStopping({ patience: 5 })] })
 * ```
 *
 * Source: Prechelt 1998, Early Stopping - But When?, doi:10.1007/3-540-49430-8_3.
 */
export function earlyStopping(options: EarlyStoppingOptions): TrainingCallback {
  const { metric = 'valErrorPx' } = parseOptions({
    schema: earlyStoppingSchema,
    value: options,
    code: 'TRAIN_OPTION',
    name: 'earlyStopping',
  })
  let best: WeightSnapshot | undefined
  return {
    stage: 'state',
    onTrainBegin(training) {
      if (metric !== 'trainLoss' && !training.hasValidation) throw metricMissingError(metric)
      best = new WeightSnapshot(modelVariables(training.model))
      training.checkpointVariables.set('best', best.variables)
    },
    onResume(history, training) {
      if (checkEarlyStopping(history, options).shouldStop) training.stop('earlyStopping')
    },
    onEpochEnd({ epoch }, training) {
      const { bestEpoch, shouldStop } = checkEarlyStopping(training.state.history, options)
      if (bestEpoch === epoch) best?.capture()
      if (shouldStop) training.stop('earlyStopping')
    },
    dispose(training) {
      const { bestEpoch } = checkEarlyStopping(training.state.history, options)
      if (best && bestEpoch !== undefined) {
        best.restore()
        training.restoredEpoch = bestEpoch
      }
      best?.dispose()
    },
  }
}

/** State of early stopping after the epochs of a history. */
export interface EarlyStoppingCheck {
  /** Epoch with the smallest value, the first if several are equal; absent if no value was measured. */
  readonly bestEpoch?: number
  /** Whether the patience is exhausted. */
  readonly shouldStop: boolean
}

/** Checks a history. An improvement is measured from the last one, so that several small falls add up to one. */
export function checkEarlyStopping(
  history: readonly EpochReport[],
  { patience, metric = 'valErrorPx', minDelta = 0 }: EarlyStoppingOptions,
): EarlyStoppingCheck {
  let smallest = Number.POSITIVE_INFINITY
  let lastImprovement = Number.POSITIVE_INFINITY
  let waited = 0
  let bestEpoch: number | undefined
  for (const { epoch, [metric]: value = Number.NaN } of history) {
    if (value < smallest) {
      smallest = value
      bestEpoch = epoch
    }
    if (value < lastImprovement - minDelta) {
      lastImprovement = value
      waited = 0
    } else waited++
  }
  return { ...(bestEpoch === undefined ? {} : { bestEpoch }), shouldStop: waited >= patience }
}

function metricMissingError(metric: string): FacekpError {
  return new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `earlyStopping needs ${metric}, which is only measured with a validation set`,
    received: 'no validation',
    expected: "option validation, or the metric 'trainLoss'",
  })
}
