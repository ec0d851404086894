import * as z from 'zod/mini'
import {
  learningRateSchema,
  type ScheduleDefinition,
  type WarmupOptions,
  warmupFactor,
  warmupStepsSchema,
} from './schedule-definition.ts'

type ConstantSettings = WarmupOptions & { readonly kind: 'constant'; readonly learningRate: number }

/**
 * `learningRate` in all steps, after the warm-up.
 *
 * Source: PyTorch's LinearLR; Goyal et al. 2017, arXiv:1706.02677 (warm-up).
 */
export const constantDefinition: ScheduleDefinition<ConstantSettings> = {
  kind: 'constant',
  schema: z.strictObject({
    kind: z.literal('constant'),
    learningRate: learningRateSchema,
    warmupSteps: warmupStepsSchema,
  }),
  dependsOnSteps: false,
  learningRateAt: ({ learningRate, warmupSteps = 0 }, { step }) => learningRate * warmupFactor(step, warmupSteps),
}
