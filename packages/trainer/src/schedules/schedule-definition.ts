import * as z from 'zod/mini'
import type { TrainingProgress } from './training-progress.ts'

/** A schedule that settings can name, such as `{ kind: 'cosine', learningRate: 1e-3 }`. */
export interface ScheduleDefinition<Settings extends { readonly kind: string }> {
  readonly kind: Settings['kind']
  readonly schema: z.ZodMiniType<Settings>
  /** Whether the learning rate of a step depends on the number of steps of the training. */
  readonly dependsOnSteps: boolean
  /** Computes the learning rate of a step. */
  readonly learningRateAt: (settings: Settings, progress: TrainingProgress) => number
}

/** Options that several schedules share. */
export interface WarmupOptions {
  /** Steps in which the learning rate rises to its first value in a straight line (default 0). */
  readonly warmupSteps?: number | undefined
}

export const learningRateSchema: z.ZodMiniNumber = z.number().check(z.positive())
export const factorSchema: z.ZodMiniOptional<z.ZodMiniNumber> = z.optional(z.number().check(z.positive(), z.lt(1)))
export const warmupStepsSchema: z.ZodMiniOptional<z.ZodMiniNumber> = z.optional(z.int().check(z.nonnegative()))

/** Returns the factor of a learning rate during its warm-up: (step + 1) / warmupSteps, then 1. */
export function warmupFactor(step: number, warmupSteps: number): number {
  return step < warmupSteps ? (step + 1) / warmupSteps : 1
}
