import { FacekpError, randomStream } from '@facekp/core'
import { percentile } from './percentile.ts'

/** A figure and where it lies with some confidence. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  /** How sure, above 0 and below 1; default 0.95. */
  readonly confidence?: number | undefined
  /** How many times faces are drawn anew; default 1000. */
  readonly resamples?: number | undefined
  /** The same for the same seed; default 0. */
  readonly seed?: number | undefined
}

/**
 * A statistic of items with its interval by the percentile bootstrap: the items are drawn anew with replacement, the statistic is
 * computed of each draw, and the interval holds the middle of what came out. Items are faces: points of one face err together.
 *
 * Throws `METRIC_EMPTY` without items, `METRIC_BOOTSTRAP` for options out of range.
 *
 * @example
 * ```ts
 * const nme = bootstrap(errors, (drawn) => mean(drawn))
 * ```
 *
 * Source: Efron 1979, Bootstrap methods: another look at the jackknife.
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  { confidence = 0.95, resamples = 1000, seed = 0 }: BootstrapOptions = {},
): Estimate {
  if (items.length === 0) throw new FacekpError({ code: 'METRIC_EMPTY', problem: 'there is no face to measure' })
  if (
    !(confidence > 0 && confidence < 1) ||
    !(Number.isInteger(resamples) && resamples > 0) ||
    !Number.isFinite(seed)
  ) {
    throw new FacekpError({
      code: 'METRIC_BOOTSTRAP',
      problem: 'there is no such interval',
      received: `confidence ${confidence}, resamples ${resamples}, seed ${seed}`,
      expected: 'a confidence above 0 and below 1, a whole number of resamples above 0, and a number as seed',
    })
  }
  const random = randomStream({ seed, purpose: 'bootstrap' })
  const values = Array.from({ length: resamples }, () =>
    statistic(Array.from(items, () => items[random.integer(0, items.length - 1)] as T)),
  ).filter((value) => !Number.isNaN(value))
  const value = statistic(items)
  if (values.length === 0) return { value, low: value, high: value }
  const tail = (100 * (1 - confidence)) / 2
  return { value, low: percentile(values, tail), high: percentile(values, 100 - tail) }
}
