import * as z from 'zod/mini'
import {
  factorSchema,
  learningRateSchema,
  type ScheduleDefinition,
  type WarmupOptions,
  warmupFactor,
  warmupStepsSchema,
} from './schedule-definition.ts'

type StepSettings = WarmupOptions & {
  readonly kind: 'step'
  readonly learningRate: number
  /** Epochs after each of which the learning rate is multiplied by `factor`. */
  readonly milestones: readonly number[]
  /** 0 to 1 (default 0.1). */
  readonly factor?: number | undefined
}

/** `learningRate`, multiplied by `factor` after each of `milestones`. Source: PyTorch's MultiStepLR. */
export const stepDefinition: ScheduleDefinition<StepSettings> = {
  kind: 'step',
  schema: z.strictObject({
    kind: z.literal('step'),
    learningRate: learningRateSchema,
    milestones: z.array(z.int().check(z.positive())),
    factor: factorSchema,
    warmupSteps: warmupStepsSchema,
  }),
  dependsOnSteps: false,
  learningRateAt({ learningRate, milestones, factor = 0.1, warmupSteps = 0 }, { step, stepsPerEpoch }) {
    const epochsDone = Math.floor(step / stepsPerEpoch)
    const falls = milestones.filter((epoch) => epoch <= epochsDone).length
    return learningRate * warmupFactor(step, warmupSteps) * factor ** falls
  },
}
