import { type Augmentation, compose } from '@facekp/augment'
import {
  cacheDataset,
  checkArgument,
  type Dataset,
  type KeypointScheme,
  mapDataset,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { resizeSample } from '@facekp/image'
import { geometricTransforms } from './geometric-transforms.ts'
import { FRAME, type Frame, frameSize, NO_MOTION } from './limits.ts'

/** Crops and resizes an image to the network's input, without augmentation. */
export function evalTransform(frame: Frame, scheme: KeypointScheme): Augmentation {
  checkArgument(FRAME, frame, 'frame', 'evalTransform')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'evalTransform')
  return compose(geometricTransforms(NO_MOTION, frame, scheme))
}

/** Creates a dataset of images as the network sees them, without random changes, cached in memory. */
export function evalDataset(dataset: Dataset, frame: Frame): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'evalDataset')
  checkArgument(FRAME, frame, 'frame', 'evalDataset')
  if (frame.margin === undefined) {
    const { width, height } = frameSize(frame)
    return cacheDataset(mapDataset(dataset, (sample) => resizeSample(sample, width, height)))
  }
  const transform = evalTransform(frame, dataset.scheme) as Transform
  return cacheDataset(
    mapDataset(dataset, (sample) => transformSample(transform, sample, randomStream({ seed: 0, purpose: 'still' }))),
  )
}
