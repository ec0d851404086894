import {
  checkArgument,
  type Dataset,
  mapDataset,
  optionalKind,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

const PREVIEW_AUGMENTED_TRANSFORM = optionalKind(KINDS.transform)

/**
 * Augments each training sample once, as the network sees it: for plots. Returns the dataset itself if there is no transform.
 */
export function previewAugmented(dataset: Dataset, transform: Transform | undefined, seed: number): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'previewAugmented')
  checkArgument(PREVIEW_AUGMENTED_TRANSFORM, transform, 'transform', 'previewAugmented')
  checkArgument(KINDS.seed, seed, 'seed', 'previewAugmented')
  if (!transform) return dataset
  return mapDataset(dataset, (sample, index) =>
    transformSample(transform, sample, randomStream({ seed, purpose: 'figure', index })),
  )
}
