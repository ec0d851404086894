import * as z from 'zod/mini'
import {
  learningRateSchema,
  type ScheduleDefinition,
  type WarmupOptions,
  warmupFactor,
  warmupStepsSchema,
} from './schedule-definition.ts'

type CosineSettings = WarmupOptions & {
  readonly kind: 'cosine'
  readonly learningRate: number
  /** Learning rate at the end (default 0). */
  readonly minLearningRate?: number | undefined
}

/**
 * From `learningRate` to `minLearningRate` along half a cosine: min + (max - min) (1 + cos(pi t)) / 2, with t from 0 after the warm-up
 * to 1 at the end.
 *
 * Source: PyTorch's CosineAnnealingLR; Loshchilov and Hutter 2017, arXiv:1608.03983.
 */
export const cosineDefinition: ScheduleDefinition<CosineSettings> = {
  kind: 'cosine',
  schema: z.strictObject({
    kind: z.literal('cosine'),
    learningRate: learningRateSchema,
    minLearningRate: z.optional(z.number().check(z.nonnegative())),
    warmupSteps: warmupStepsSchema,
  }),
  dependsOnSteps: true,
  learningRateAt({ learningRate, minLearningRate = 0, warmupSteps = 0 }, { step, steps }) {
    if (step < warmupSteps) return learningRate * warmupFactor(step, warmupSteps)
    return (
      minLearningRate +
      ((learningRate - minLearningRate) * (1 + Math.cos((Math.PI * (step - warmupSteps)) / (steps - warmupSteps)))) / 2
    )
  },
}
