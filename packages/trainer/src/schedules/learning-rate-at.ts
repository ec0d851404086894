import { FacekpError, type Json } from '@facekp/core'
import * as z from 'zod/mini'
import * as registry from './registry.ts'
import type { ScheduleDefinition } from './schedule-definition.ts'
import type { ScheduleFunction, TrainingProgress } from './training-progress.ts'

type Definition = (typeof registry)[keyof typeof registry]
type InferSettings<AnyDefinition> = AnyDefinition extends ScheduleDefinition<infer Settings> ? Settings : never

/**
 * A learning rate schedule by its kind and options, as plain JSON.
 *
 * - `constant`: `learningRate`.
 * - `step`: `learningRate`, times `factor` (default 0.1) after each epoch of `milestones`.
 * - `cosine`: from `learningRate` to `minLearningRate` (default 0) along half a cosine.
 * - `oneCycle`: up from `learningRate / 25` within `pctStart` of the steps (default 0.3), then down to `learningRate / 250000`.
 * - `plateau`: `learningRate`, times `factor` (default 0.1) after more than `patience` epochs without improvement (default 10).
 *
 * With `warmupSteps` the learning rate first rises to its first value: times (step + 1) / warmupSteps. The numbers are PyTorch's.
 */
export type Schedule = InferSettings<Definition>

const definitions = Object.values(registry) as unknown as readonly ScheduleDefinition<Schedule>[]

export const scheduleSchema: z.ZodMiniType<Schedule> = z.discriminatedUnion(
  'kind',
  definitions.map(({ schema }) => schema) as unknown as [z.ZodMiniObject],
) as unknown as z.ZodMiniType<Schedule>

/** Computes the learning rate of a step. Throws `TRAIN_OPTION` if a function returns an invalid one. */
export function learningRateAt(schedule: number | Schedule | ScheduleFunction, progress: TrainingProgress): number {
  const learningRate = compute(schedule, progress)
  if (learningRate >= 0 && Number.isFinite(learningRate)) return learningRate
  throw new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `option learningRate returns an invalid value for step ${progress.step + 1}`,
    received: String(learningRate),
    expected: 'a number of at least 0',
  })
}

/** Tests whether the learning rates of a schedule depend on the number of steps of the training. */
export function dependsOnSteps(schedule: Json): boolean {
  const { kind } = (schedule ?? {}) as { readonly kind?: unknown }
  return definitions.some((definition) => definition.kind === kind && definition.dependsOnSteps)
}

function compute(schedule: number | Schedule | ScheduleFunction, progress: TrainingProgress): number {
  if (typeof schedule === 'number') return schedule
  if (typeof schedule === 'function') return schedule(progress)
  const definition = definitions.find(({ kind }) => kind === schedule.kind) as ScheduleDefinition<Schedule>
  return definition.learningRateAt(schedule, progress)
}
