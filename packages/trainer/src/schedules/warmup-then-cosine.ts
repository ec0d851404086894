import type { Schedule } from './schedule.ts'

/** The usual schedule: rises in a straight line to `peak` over the first `warmupSteps` steps, then falls to 0 along half a cosine. */
export function warmupThenCosine(peak: number, warmupSteps: number): Schedule {
  return { kind: 'cosine', learningRate: peak, warmupSteps }
}
