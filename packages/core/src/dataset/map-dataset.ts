import { checkArgument } from '../arguments/check-argument.ts'
import { optionalKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import type { Sample } from '../sample.ts'
import type { KeypointScheme } from '../schemes/scheme.ts'
import { checkIndex, checkPointCount, type Dataset } from './dataset.ts'

/**
 * Applies `mapSample` to each sample as it is read.
 *
 * @param scheme of the mapped samples; pass it if the points change
 * @throws from `get`: `KEYPOINT_COUNT` if a mapped sample has another number of points than the scheme
 *
 * @example
 * ```ts
 * const noses = mapDataset(faces, (sample) => selectKeypoints(sample, [52]), noseScheme)
 * ```
 */
export function mapDataset(
  dataset: Dataset,
  mapSample: (sample: Sample, index: number) => Sample | Promise<Sample>,
  scheme?: KeypointScheme,
): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'mapDataset')
  checkArgument(KINDS.function, mapSample, 'mapSample', 'mapDataset')
  checkArgument(optionalKind(KINDS.scheme), scheme, 'scheme', 'mapDataset')
  const mappedScheme = scheme ?? dataset.scheme
  return {
    length: dataset.length,
    scheme: mappedScheme,
    async get(index, signal) {
      checkIndex(index, dataset.length)
      const sample = await mapSample(await dataset.get(index, signal), index)
      checkArgument(KINDS.sample, sample, 'mapSample(...)', 'mapDataset')
      checkPointCount(sample, mappedScheme)
      return sample
    },
  }
}
