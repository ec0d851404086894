import { checkLoadedSample, type Dataset, raceWithSignal, type Sample } from '@facekp/core'

/**
 * Loads a sample of a dataset and checks it, so that no batch is made of points that belong to others.
 *
 * @param options.load loads sample `index` (default: `dataset.get`); an abort does not wait for it
 *
 * @throws what `load` and `checkLoadedSample` throw, and the signal's reason once it is aborted
 */
export async function loadSample(
  dataset: Dataset,
  index: number,
  { load = (index, signal) => dataset.get(index, signal), signal }: LoadSampleOptions = {},
): Promise<Sample> {
  const sample = await raceWithSignal(load(index, signal), signal)
  checkLoadedSample(sample, index, dataset.scheme)
  return sample
}

/** Loads sample `index` of a dataset. */
export type LoadIndex = (index: number, signal?: AbortSignal) => Promise<Sample>

interface LoadSampleOptions {
  readonly load?: LoadIndex | undefined
  readonly signal?: AbortSignal | undefined
}
