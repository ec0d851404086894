/** Settings of {@link createOneEuroFilter}. */
export interface OneEuroOptions {
  /** Cutoff frequency of a signal that does not move, in Hz: lower values remove more jitter. */
  readonly minCutoff: number
  /** Increase of the cutoff per unit of speed: higher values follow fast movements with less lag. */
  readonly beta: number
  /** Cutoff frequency of the speed, in Hz. */
  readonly derivativeCutoff: number
}

/**
 * Creates a One-Euro filter of several independent signals: a low-pass filter whose cutoff frequency rises with the speed.
 *
 * Source: Casiez, Roussel and Vogel 2012, 1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems,
 * CHI, appendix A.
 *
 * @param rate samples per second
 * @returns a function that takes the next sample and returns it filtered; the first one is returned as it is. Speeds are measured in
 *   `unit`s per second, by default 1
 */
export function createOneEuroFilter(
  { minCutoff, beta, derivativeCutoff }: OneEuroOptions,
  rate: number,
): (sample: Float32Array, unit?: number) => Float32Array {
  const speedWeight = computeWeight(derivativeCutoff, rate)
  let previous: Float64Array | undefined
  let speeds: Float64Array
  return (sample, unit = 1) => {
    if (previous === undefined) {
      previous = Float64Array.from(sample)
      speeds = new Float64Array(sample.length)
      return sample
    }
    for (let i = 0; i < sample.length; i++) {
      const value = sample[i] as number
      const last = previous[i] as number
      const speed = ((value - last) * rate) / unit
      const lastSpeed = speeds[i] as number
      const smoothSpeed = lastSpeed + speedWeight * (speed - lastSpeed)
      speeds[i] = smoothSpeed
      previous[i] = last + computeWeight(minCutoff + beta * Math.abs(smoothSpeed), rate) * (value - last)
    }
    return Float32Array.from(previous)
  }
}

/** Computes the weight of a new sample in an exponential mean of this cutoff frequency. */
function computeWeight(cutoff: number, rate: number): number {
  return 1 / (1 + rate / (2 * Math.PI * cutoff))
}
