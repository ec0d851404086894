import { cacheDataset, type Dataset, mapDataset } from '@facekp/core'
import { graySample, resizeSample } from '@facekp/image'
import { type Frame, frameSize } from '../transforms/limits.ts'

/** Makes whole images gray, resizes them and keeps them in memory: at a recipe's `cachedCrop`, or at the size its network sees. */
export function cacheGray(dataset: Dataset, frame: Pick<Frame, 'size'>): Dataset {
  const { width, height } = frameSize(frame)
  return cacheDataset(mapDataset(dataset, (sample) => resizeSample(graySample(sample), width, height)))
}
