import type { Dataset } from './dataset.ts'
import { type Random, randomStream } from './random.ts'
import type { Sample } from './sample.ts'

/** What survives `JSON.stringify` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Changes a sample at random, in two steps: first the random numbers are drawn, as plain JSON; then they are applied to
 * picture and points together. What was done can so be written down and done again.
 */
export interface Transform<Params extends Json = Json> {
  makeParams(random: Random, sample: Sample): Params
  apply(sample: Sample, params: Params): Sample
}

/** Draws and applies in one go. */
export function transformSample<Params extends Json>(
  transform: Transform<Params>,
  sample: Sample,
  random: Random,
): Sample {
  return transform.apply(sample, transform.makeParams(random, sample))
}

/** A sample as one epoch of one run has it. */
export interface SampleKey {
  readonly index: number
  /** Of the run. */
  readonly seed: number
  readonly epoch: number
}

/** Reads a sample and changes it as its key says: the same key gives the same sample, in whatever order and thread. */
export type SampleLoader = (key: SampleKey, signal?: AbortSignal) => Promise<Sample>

/**
 * Reads samples of a data set and changes each by what the transform draws from its key's stream of purpose `augment`; without a
 * transform it only reads.
 */
export function createSampleLoader(dataset: Dataset, transform?: Transform): SampleLoader {
  return async ({ index, seed, epoch }, signal) => {
    const sample = await dataset.get(index, signal)
    return transform
      ? transformSample(transform, sample, randomStream({ seed, purpose: 'augment', epoch, index }))
      : sample
  }
}
