import { type Dataset, mapDataset, randomStream, type Transform, transformSample } from '@facekp/core'

/** Training samples as the network sees them, each augmented once: for figures. */
export function asTrained(dataset: Dataset, transform: Transform, seed: number): Dataset {
  return mapDataset(dataset, (sample, index) =>
    transformSample(transform, sample, randomStream({ seed, purpose: 'figure', index })),
  )
}
