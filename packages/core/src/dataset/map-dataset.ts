import type { Sample } from '../sample.ts'
import type { KeypointScheme } from '../schemes/scheme.ts'
import { checkIndex, type Dataset } from './dataset.ts'

/**
 * Applies `mapSample` to each sample as it is read.
 *
 * @param scheme of the mapped samples; pass it if the points change
 *
 * @example
 * ```ts
 * const noses = mapDataset(faces, (sample) => selectKeypoints(sample, [52]), noseScheme)
 * ```
 */
export function mapDataset(
  dataset: Dataset,
  mapSample: (sample: Sample, index: number) => Sample | Promise<Sample>,
  scheme: KeypointScheme = dataset.scheme,
): Dataset {
  return {
    length: dataset.length,
    scheme,
    async get(index, signal) {
      checkIndex(index, dataset.length)
      return mapSample(await dataset.get(index, signal), index)
    },
  }
}
