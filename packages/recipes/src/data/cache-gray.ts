import { cacheDataset, type Dataset, mapDataset } from '@facekp/core'
import { graySample, resizeSample } from '@facekp/image'
import type { ImageSize } from '../transforms/limits.ts'

/** Resizes images, makes them gray and keeps them in memory. */
export function cacheGray(dataset: Dataset, { width, height }: ImageSize): Dataset {
  return cacheDataset(mapDataset(dataset, (sample) => resizeSample(graySample(sample), width, height)))
}
