import * as z from 'zod/mini'
import {
  factorSchema,
  learningRateSchema,
  type ScheduleDefinition,
  type WarmupOptions,
  warmupFactor,
  warmupStepsSchema,
} from './schedule-definition.ts'

/** Smallest relative decrease of the loss that is an improvement. */
const THRESHOLD = 1e-4

type PlateauSettings = WarmupOptions & {
  readonly kind: 'plateau'
  readonly learningRate: number
  /** 0 to 1 (default 0.1). */
  readonly factor?: number | undefined
  /** Epochs without improvement that leave the learning rate as it is; it falls after one more (default 10). */
  readonly patience?: number | undefined
}

/**
 * `learningRate`, multiplied by `factor` whenever the loss (of validation if there is one) has not fallen below its smallest value
 * times 1 - 1e-4 for more than `patience` epochs. Source: PyTorch's ReduceLROnPlateau.
 */
export const plateauDefinition: ScheduleDefinition<PlateauSettings> = {
  kind: 'plateau',
  schema: z.strictObject({
    kind: z.literal('plateau'),
    learningRate: learningRateSchema,
    factor: factorSchema,
    patience: z.optional(z.int().check(z.nonnegative())),
    warmupSteps: warmupStepsSchema,
  }),
  dependsOnSteps: false,
  learningRateAt({ learningRate, factor = 0.1, patience = 10, warmupSteps = 0 }, { step, history }) {
    let reduced = learningRate
    let best = Number.POSITIVE_INFINITY
    let waited = 0
    for (const { trainLoss, valLoss = trainLoss } of history) {
      if (valLoss < best * (1 - THRESHOLD)) {
        best = valLoss
        waited = 0
      } else if (++waited > patience) {
        reduced *= factor
        waited = 0
      }
    }
    return warmupFactor(step, warmupSteps) * reduced
  },
}
