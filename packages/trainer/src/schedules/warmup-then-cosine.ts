import type { Schedule } from './learning-rate-at.ts'

/** Creates the usual schedule: up to `peak` in a straight line over `warmupSteps` steps, then down to 0 along half a cosine. */
export function warmupThenCosine(peak: number, warmupSteps: number): Schedule {
  return { kind: 'cosine', learningRate: peak, warmupSteps }
}
