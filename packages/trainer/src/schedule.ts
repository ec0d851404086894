/** Where a training stands when a step begins. */
export interface TrainingProgress {
  /** The step about to be done, the first being 0. */
  readonly step: number
  /** Steps in the whole training. */
  readonly steps: number
}

/** The learning rate of a step. */
export type Schedule = (progress: TrainingProgress) => number

/**
 * Rises in a straight line to `peak` over the first `warmupSteps` steps, then falls to 0 along half a cosine:
 * peak (1 + cos(pi t)) / 2 with t from 0 to 1.
 *
 * Sources: Goyal et al. 2017, arXiv:1706.02677 (warm-up); Loshchilov and Hutter 2017, arXiv:1608.03983 (cosine).
 */
export function warmupThenCosine(peak: number, warmupSteps: number): Schedule {
  return ({ step, steps }) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps
    return (peak * (1 + Math.cos((Math.PI * (step - warmupSteps)) / (steps - warmupSteps)))) / 2
  }
}
