import { checkArgument } from '../arguments/check-argument.ts'
import { formatValue } from '../arguments/format-value.ts'
import { listKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { checkSample, type Sample } from '../sample.ts'
import type { KeypointScheme } from '../schemes/scheme.ts'
import { getTypeName } from '../type-name.ts'

const CREATE_DATASET_SAMPLES = listKind(KINDS.object)

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
 * @throws `KEYPOINT_COUNT` if a sample has another number of points than the scheme, and what `createSample` throws
 */
export function createDataset(scheme: KeypointScheme, samples: readonly Sample[]): Dataset {
  checkArgument(KINDS.scheme, scheme, 'scheme', 'createDataset')
  checkArgument(CREATE_DATASET_SAMPLES, samples, 'samples', 'createDataset')
  for (const sample of samples) {
    checkSample(sample)
    checkPointCount(sample, scheme)
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
 * Checks what the `get` of a dataset returned, before it is used. For consumers of a {@link Dataset}.
 *
 * @param index that was asked for
 * @throws `SAMPLE_INVALID` if it is no sample, `KEYPOINT_COUNT` if it has another number of points than the scheme, and what
 *   `createSample` throws
 */
export function checkLoadedSample(sample: Sample, index: number, scheme: KeypointScheme): void {
  checkArgument(KINDS.count, index, 'index', 'checkLoadedSample')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'checkLoadedSample')
  const { id, image, keypoints, visibility } = sample ?? {}
  if (typeof id !== 'string' || !image || !keypoints || !visibility) {
    throw new FacekpError({
      code: 'SAMPLE_INVALID',
      problem: `what was read for index ${index} of the dataset is no sample`,
      received: sample === undefined ? 'undefined' : getTypeName(sample),
      expected: 'an object with id, image, keypoints and visibility: createSample({ id, image, keypoints })',
    })
  }
  checkSample(sample)
  checkPointCount(sample, scheme)
}

/** Throws `KEYPOINT_COUNT` if a sample has another number of points than a scheme. */
export function checkPointCount({ id, keypoints }: Sample, { name, pointNames }: KeypointScheme): void {
  if (keypoints.length === 2 * pointNames.length) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `sample ${id} does not match scheme ${name}`,
    received: `${keypoints.length / 2} points`,
    expected: `${pointNames.length}`,
  })
}

/**
 * Checks an index. For implementations of {@link Dataset}.
 *
 * @throws `DATASET_INDEX` unless `index` is an integer from 0 to length - 1
 */
export function checkIndex(index: number, length: number): void {
  checkArgument(KINDS.count, length, 'length', 'checkIndex')
  if (Number.isInteger(index) && index >= 0 && index < length) return
  throw new FacekpError({
    code: 'DATASET_INDEX',
    problem: 'sample index out of range',
    received: formatValue(index),
    expected: length === 0 ? 'no index, because the dataset is empty' : `0 to ${length - 1}`,
  })
}
