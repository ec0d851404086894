import { type Dataset, mapDataset, randomStream, type Transform, transformSample } from '@facekp/core'

/** Training samples as the network sees them, each augmented once: for plots. Without a transform, the dataset itself. */
export function previewAugmented(dataset: Dataset, transform: Transform | undefined, seed: number): Dataset {
  if (!transform) return dataset
  return mapDataset(dataset, (sample, index) =>
    transformSample(transform, sample, randomStream({ seed, purpose: 'figure', index })),
  )
}
