import { checkArgument } from './arguments/check-argument.ts'
import { optionalKind } from './arguments/kind-makers.ts'
import * as KINDS from './arguments/kinds.ts'
import type { Dataset } from './dataset/dataset.ts'
import { type Random, randomStream } from './random.ts'
import type { Sample } from './sample.ts'

const CREATE_SAMPLE_LOADER_TRANSFORM = optionalKind(KINDS.transform)

/** A value that `JSON.stringify` and `JSON.parse` restore unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * A random change of a sample, in two steps: `makeParams` draws random parameters as plain JSON, `apply` uses them on image and
 * points together. The parameters can be stored and applied again.
 */
export interface Transform<Params extends Json = Json> {
  makeParams(random: Random, sample: Sample): Params
  apply(sample: Sample, params: Params): Sample
}

/** Draws parameters and applies them. */
export function transformSample<Params extends Json>(
  transform: Transform<Params>,
  sample: Sample,
  random: Random,
): Sample {
  checkArgument(KINDS.transform, transform, 'transform', 'transformSample')
  checkArgument(KINDS.sample, sample, 'sample', 'transformSample')
  checkArgument(KINDS.random, random, 'random', 'transformSample')
  return transform.apply(sample, transform.makeParams(random, sample))
}

/** Identifies a sample in one epoch of one run. */
export interface SampleKey {
  readonly index: number
  /** The run's seed. */
  readonly seed: number
  readonly epoch: number
}

/** Reads and transforms a sample. The same key gives the same sample, in any order and in any thread. */
export type SampleLoader = (key: SampleKey, signal?: AbortSignal) => Promise<Sample>

/**
 * Creates a loader that reads samples of a dataset and transforms each with parameters from its key's random stream of purpose
 * `augment`. Without a transform it only reads.
 */
export function createSampleLoader(dataset: Dataset, transform?: Transform): SampleLoader {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'createSampleLoader')
  checkArgument(CREATE_SAMPLE_LOADER_TRANSFORM, transform, 'transform', 'createSampleLoader')
  return async ({ index, seed, epoch }, signal) => {
    const sample = await dataset.get(index, signal)
    return transform
      ? transformSample(transform, sample, randomStream({ seed, purpose: 'augment', epoch, index }))
      : sample
  }
}
