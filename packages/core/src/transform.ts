import type { Random } from './random.ts'
import type { Sample } from './sample.ts'

/** What survives `JSON.stringify` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Changes a sample at random, in two steps: first the random numbers are drawn, as plain JSON; then they are applied to
 * picture and points together. What was done can so be written down and done again.
 */
export interface Transform<Params extends Json = Json> {
  draw(random: Random, sample: Sample): Params
  apply(sample: Sample, params: Params): Sample
}

/** Draws and applies in one go. */
export function transformSample<Params extends Json>(
  transform: Transform<Params>,
  sample: Sample,
  random: Random,
): Sample {
  return transform.apply(sample, transform.draw(random, sample))
}
