import { type Dataset, mapDataset, randomStream, type Transform, transformSample } from '@facekp/core'

/**
 * Augments each training sample once, as the network sees it: for plots. Returns the dataset itself if there is no transform.
 */
export function previewAugmented(dataset: Dataset, transform: Transform | undefined, seed: number): Dataset {
  if (!transform) return dataset
  return mapDataset(dataset, (sample, index) =>
    transformSample(transform, sample, randomStream({ seed, purpose: 'figure', index })),
  )
}
