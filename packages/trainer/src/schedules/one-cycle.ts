const [START_DIVISOR, END_DIVISOR] = [25, 1e4]

/** The rate of a step of one cycle: up, then down to far below where it began, each along half a cosine. */
export function oneCycleRate(
  { learningRate, pctStart = 0.3 }: { readonly learningRate: number; readonly pctStart?: number | undefined },
  step: number,
  steps: number,
): number {
  const start = learningRate / START_DIVISOR
  const [peakAt, last] = [pctStart * steps - 1, steps - 1]
  // The peak is where the way down begins: it may be the first step, and then no way leads up to it.
  return step < peakAt
    ? alongCosine(start, learningRate, step / peakAt)
    : alongCosine(learningRate, start / END_DIVISOR, (step - peakAt) / (last - peakAt))
}

/** `from` where t is 0, `to` where it is 1. */
function alongCosine(from: number, to: number, t: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2
}
