import { type Dataset, FacekpError, NOT_LABELED, type Sample } from '@facekp/core'
import { loadSample } from './load-sample.ts'

/** Tests whether a point of a sample has a label. */
export function isLabeled({ visibility }: Pick<Sample, 'visibility'>): boolean {
  return visibility.some((state) => state !== NOT_LABELED)
}

/**
 * Reads samples of a dataset until a point has a label.
 *
 * @throws FacekpError `DATASET_UNLABELED` if none has: nothing could be learned or measured
 */
export async function checkLabels(
  dataset: Dataset,
  { name, signal }: { readonly name: 'train' | 'validation'; readonly signal: AbortSignal },
): Promise<void> {
  for (let index = 0; index < dataset.length; index++) {
    if (isLabeled(await loadSample(dataset, index, { signal }))) return
  }
  throw unlabeledError(name)
}

/** Creates the error of a dataset whose points all lack a label. */
export function unlabeledError(name: 'train' | 'validation'): FacekpError {
  return new FacekpError({
    code: 'DATASET_UNLABELED',
    problem: `no sample of the ${name} dataset has a labeled point`,
    received: 'points that all have visibility 0 (not labeled)',
    expected: 'at least one point with visibility 1 or 2',
  })
}
