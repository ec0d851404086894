import type { Dataset } from '@facekp/core'
import { startProgress } from '@facekp/progress'

/** Reads every sample once, so that data sets over a cache answer at once from then on. */
export async function readAll(...datasets: readonly Dataset[]): Promise<void> {
  const total = datasets.reduce((sum, { length }) => sum + length, 0)
  const progress = startProgress({ label: 'reading', total, unit: 'pictures' })
  try {
    let done = 0
    for (const dataset of datasets) {
      for (let index = 0; index < dataset.length; index++) {
        await dataset.get(index)
        progress.update(++done)
      }
    }
  } finally {
    progress.finish()
  }
}
