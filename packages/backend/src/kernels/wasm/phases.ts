/**
 * The taps of a convolution that reach the input rows y = stride q + phase along one axis. They are a convolution of the
 * output's gradient:
 *
 *     dx[stride q + phase] = sum over j of dy[q + first + j step] filter[taps[j]]
 */
export interface Phase {
  /** Taps of the filter, in the order of growing offsets; empty if no output reads these rows. */
  readonly taps: readonly number[]
  /** The offset of the first tap. */
  readonly first: number
  /** From one tap's offset to the next. */
  readonly step: number
}

/** Computes the phases 0 to stride - 1: from y = stride o + tap dilation - before, solved for the output row o. */
export function computePhases(kernel: number, stride: number, dilation: number, before: number): Phase[] {
  return Array.from({ length: stride }, (_, phase) => {
    const reach = [...Array(kernel).keys()]
      .map((tap) => ({ tap, offset: (phase + before - tap * dilation) / stride }))
      .filter(({ offset }) => Number.isInteger(offset))
      .reverse()
    const [first, second] = reach
    return {
      taps: reach.map(({ tap }) => tap),
      first: first?.offset ?? 0,
      step: first && second ? second.offset - first.offset : 1,
    }
  })
}

/**
 * Computes the rows to add (negative: to remove) before and after `length` rows, so that `count` windows of a phase fit.
 *
 * @returns undefined if no window reaches any of the rows
 */
export function computePadding(
  { taps, first, step }: Phase,
  length: number,
  count: number,
): readonly [before: number, after: number] | undefined {
  const last = first + (taps.length - 1) * step
  const after = count - 1 + last - (length - 1)
  const isReached = length > 0 && taps.length > 0 && first < length && -after < length
  return isReached ? [-first, after] : undefined
}
