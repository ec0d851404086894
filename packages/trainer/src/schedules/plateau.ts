import type { TrainingProgress } from './schedule.ts'

/** How much smaller than the smallest a loss must be to count as progress. */
const THRESHOLD = 1e-4

/** The rate after the losses of the epochs so far: it falls by `factor` whenever more than `patience` in a row brought none smaller. */
export function plateauRate(
  {
    learningRate,
    factor = 0.1,
    patience = 10,
  }: { readonly learningRate: number; readonly factor?: number | undefined; readonly patience?: number | undefined },
  history: TrainingProgress['history'],
): number {
  let [now, best, waited] = [learningRate, Number.POSITIVE_INFINITY, 0]
  for (const { trainLoss, valLoss = trainLoss } of history) {
    if (valLoss < best * (1 - THRESHOLD)) [best, waited] = [valLoss, 0]
    else if (++waited > patience) [now, waited] = [now * factor, 0]
  }
  return now
}
