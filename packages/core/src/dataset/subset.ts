import { checkArgument } from '../arguments/check-argument.ts'
import * as KINDS from '../arguments/kinds.ts'
import { checkIndex, type Dataset } from './dataset.ts'

/** Selects the samples at `indices`, in that order. Throws `DATASET_INDEX` if an index is out of range. */
export function subset(dataset: Dataset, indices: readonly number[]): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'subset')
  checkArgument(KINDS.array, indices, 'indices', 'subset')
  for (const index of indices) checkIndex(index, dataset.length)
  return {
    length: indices.length,
    scheme: dataset.scheme,
    async get(index, signal) {
      checkIndex(index, indices.length)
      return dataset.get(indices[index] as number, signal)
    },
  }
}
