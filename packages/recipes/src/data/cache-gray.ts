import { cacheDataset, checkArgument, type Dataset, mapDataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { graySample, resizeSample } from '@facekp/image'
import { FRAME, type Frame, frameSize } from '../transforms/limits.ts'

/** Makes whole images gray, resizes them and keeps them in memory: at a recipe's `cachedCrop`, or at the size its network sees. */
export function cacheGray(dataset: Dataset, frame: Pick<Frame, 'size'>): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'cacheGray')
  checkArgument(FRAME, frame, 'frame', 'cacheGray')
  const { width, height } = frameSize(frame)
  return cacheDataset(mapDataset(dataset, (sample) => resizeSample(graySample(sample), width, height)))
}
