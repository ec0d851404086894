import { checkIndex, type Dataset } from './dataset.ts'
import type { Sample } from './sample.ts'
import type { KeypointScheme } from './scheme.ts'

/**
 * The data set with `change` done to each sample as it is read. Name the new scheme where the points change.
 *
 * @example
 * ```ts
 * const noses = mapDataset(faces, (sample) => selectKeypoints(sample, [52]), noseScheme)
 * ```
 */
export function mapDataset(
  dataset: Dataset,
  change: (sample: Sample, index: number) => Sample | Promise<Sample>,
  scheme: KeypointScheme = dataset.scheme,
): Dataset {
  return {
    length: dataset.length,
    scheme,
    async get(index, signal) {
      checkIndex(index, dataset.length)
      return change(await dataset.get(index, signal), index)
    },
  }
}
