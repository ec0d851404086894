import { FacekpError } from './errors.ts'
import type { Sample } from './sample.ts'
import type { KeypointScheme } from './scheme.ts'

/** Samples by number. Random access, no hidden state, no order: the same index gives the same sample. */
export interface Dataset {
  readonly length: number
  readonly scheme: KeypointScheme
  /** Sample `index`, 0 to length - 1. Throws `DATASET_INDEX` beyond, and the signal's reason once it is aborted. */
  get(index: number, signal?: AbortSignal): Promise<Sample>
}

/** A data set over samples at hand. */
export function createDataset(scheme: KeypointScheme, samples: readonly Sample[]): Dataset {
  for (const { id, keypoints } of samples) {
    if (keypoints.length !== 2 * scheme.pointNames.length) {
      throw new FacekpError({
        code: 'KEYPOINT_COUNT',
        problem: `sample ${id} is not of scheme ${scheme.name}`,
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

/** Throws `DATASET_INDEX` unless `index` is a whole number from 0 to length - 1. For whoever writes a data set. */
export function checkIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return
  throw new FacekpError({
    code: 'DATASET_INDEX',
    problem: 'there is no such sample',
    received: String(index),
    expected: length === 0 ? 'nothing, since the data set is empty' : `0 to ${length - 1}`,
  })
}
