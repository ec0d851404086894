import { checkArgument, type Dataset, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createYielder } from '@facekp/event-loop'
import { startProgress } from '@facekp/progress'

const PRELOAD_DATASETS = listKind(KINDS.dataset)

/** Reads every sample once with a progress bar, so that cached datasets do not have to read it later. */
export async function preload(...datasets: readonly Dataset[]): Promise<void> {
  checkArgument(PRELOAD_DATASETS, datasets, 'datasets', 'preload')
  const total = datasets.reduce((sum, { length }) => sum + length, 0)
  const maybeYield = createYielder()
  const progress = startProgress({ label: 'reading', total, unit: 'images' })
  try {
    let count = 0
    for (const dataset of datasets) {
      for (let index = 0; index < dataset.length; index++) {
        await maybeYield()
        await dataset.get(index)
        count++
        progress.update(count)
      }
    }
  } finally {
    progress.finish()
  }
}
