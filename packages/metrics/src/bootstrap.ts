import { checkArgument, FacekpError, optionsKind, randomStream } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { noFacesError } from './errors.ts'
import { percentile } from './percentile.ts'

const BOOTSTRAP_OPTIONS = optionsKind({ confidence: KINDS.any, resamples: KINDS.any, seed: KINDS.any })

/** A metric with its confidence interval. */
export interface Estimate {
  readonly value: number
  /** Lower end of the interval. */
  readonly low: number
  /** Upper end of the interval. */
  readonly high: number
}

export interface BootstrapOptions {
  /** Confidence level of the interval, above 0 and below 1; default 0.95. */
  readonly confidence?: number | undefined
  /** Number of resamples; default 1000. */
  readonly resamples?: number | undefined
  /** Seed of the random stream, an integer; the same seed gives the same interval. Default 0. */
  readonly seed?: number | undefined
}

/**
 * Estimates the confidence interval of a statistic by the percentile bootstrap.
 *
 * Resamples the items with replacement, computes the statistic of each resample and takes the percentiles of the results. The items are
 * faces, not points: the errors of one face's points depend on each other.
 *
 * @param items items to resample, at least one
 * @param statistic computes the metric of a resample; resamples for which it is NaN are ignored
 * @throws FacekpError `METRIC_EMPTY` if `items` is empty, `METRIC_BOOTSTRAP` if an option is out of range
 * @example
 * ```ts
 * const nme = bootstrap(errors, (resample) => mean(resample))
 * ```
 *
 * Source: Efron 1979, Bootstrap methods: another look at the jackknife.
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (resample: readonly T[]) => number,
  options: BootstrapOptions = {},
): Estimate {
  checkArgument(KINDS.array, items, 'items', 'bootstrap')
  checkArgument(KINDS.function, statistic, 'statistic', 'bootstrap')
  checkArgument(BOOTSTRAP_OPTIONS, options, 'options', 'bootstrap')
  if (items.length === 0) throw noFacesError()
  const { confidence, resamples, seed } = checkBootstrapOptions(options)
  const random = randomStream({ seed, purpose: 'bootstrap' })
  const values = Array.from({ length: resamples }, () =>
    statistic(Array.from(items, () => items[random.integer(0, items.length - 1)] as T)),
  ).filter((value) => !Number.isNaN(value))
  const value = statistic(items)
  if (values.length === 0) return { value, low: value, high: value }
  const tail = (100 * (1 - confidence)) / 2
  return { value, low: percentile(values, tail), high: percentile(values, 100 - tail) }
}

/** Checks the options of {@link bootstrap}, and returns them with their defaults. */
export function checkBootstrapOptions({
  confidence = 0.95,
  resamples = 1000,
  seed = 0,
}: BootstrapOptions): Record<keyof BootstrapOptions, number> {
  if (!(confidence > 0 && confidence < 1)) throw optionError('confidence', confidence, 'a number above 0 and below 1')
  if (!(Number.isInteger(resamples) && resamples > 0)) throw optionError('resamples', resamples, 'a positive integer')
  if (!Number.isSafeInteger(seed)) throw optionError('seed', seed, 'an integer of -(2^53 - 1) to 2^53 - 1')
  return { confidence, resamples, seed }
}

function optionError(name: keyof BootstrapOptions, value: unknown, expected: string): FacekpError {
  return new FacekpError({
    code: 'METRIC_BOOTSTRAP',
    problem: `option ${name} of bootstrap`,
    received: String(value),
    expected,
  })
}
