const [START_DIVISOR, END_DIVISOR] = [25, 1e4]

/** The rate of a step of one cycle: up, then down to far below where it began, each along half a cosine. */
export function oneCycleRate(
  { rate, rise = 0.3 }: { readonly rate: number; readonly rise?: number | undefined },
  step: number,
  steps: number,
): number {
  const start = rate / START_DIVISOR
  const [peakAt, last] = [rise * steps - 1, steps - 1]
  // The peak is where the way down begins: it may be the first step, and then no way leads up to it.
  return step < peakAt
    ? alongCosine(start, rate, step / peakAt)
    : alongCosine(rate, start / END_DIVISOR, (step - peakAt) / (last - peakAt))
}

/** `from` where t is 0, `to` where it is 1. */
function alongCosine(from: number, to: number, t: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2
}
