import { FacekpError } from '../errors.ts'
import type { Sample } from '../sample.ts'
import type { KeypointScheme } from '../schemes/scheme.ts'

/** Samples by index. Random access, no hidden state, no order: the same index gives the same sample. */
export interface Dataset {
  readonly length: number
  readonly scheme: KeypointScheme
  /** Reads sample `index`, 0 to length - 1. Throws `DATASET_INDEX` beyond, and the signal's reason once it is aborted. */
  get(index: number, signal?: AbortSignal): Promise<Sample>
}

/**
 * Creates a dataset from samples in memory.
 *
 * @throws `KEYPOINT_COUNT` if a sample has another number of points than the scheme
 */
export function createDataset(scheme: KeypointScheme, samples: readonly Sample[]): Dataset {
  for (const { id, keypoints } of samples) {
    if (keypoints.length !== 2 * scheme.pointNames.length) {
      throw new FacekpError({
        code: 'KEYPOINT_COUNT',
        problem: `sample ${id} does not match scheme ${scheme.name}`,
        received: `${keypoints.length / 2} points`,
        expected: `${scheme.pointNames.length}`,
      })
    }
  }
  return {
    length: samples.length,
    scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, samples.length)
      return samples[index] as Sample
    },
  }
}

/**
 * Checks an index. For implementations of {@link Dataset}.
 *
 * @throws `DATASET_INDEX` unless `index` is an integer from 0 to length - 1
 */
export function checkIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return
  throw new FacekpError({
    code: 'DATASET_INDEX',
    problem: 'sample index out of range',
    received: String(index),
    expected: length === 0 ? 'no index, because the dataset is empty' : `0 to ${length - 1}`,
  })
}
