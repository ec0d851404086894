import { type Dataset, type Json, type Sample, type SampleKey, sampleReader } from '@facekp/core'
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina'
import type { AugmentationJson } from '../augmentation.ts'
import { fromJSON } from '../json.ts'
import { datasetFrom } from './dataset-module.ts'
import { type Failure, failureOf } from './failure.ts'
import { CHANGING, READING, Slots } from './slots.ts'

/** What every thread of a pool is given when it starts. */
export interface WorkerData {
  readonly dataset: string
  readonly datasetOptions: Json
  readonly transform: AugmentationJson
  readonly slots: SharedArrayBuffer
}

export interface Task {
  readonly key: SampleKey
  readonly slot: number
}

export type Outcome = { readonly sample: Sample } | { readonly failure: Failure; readonly id?: string }

let made: { dataset: Promise<Dataset>; transform: ReturnType<typeof fromJSON>; slots: Slots } | undefined

/** Makes one sample, in a thread of the pool. */
export async function work({ key, slot }: Task): Promise<Outcome> {
  let original: Sample | undefined
  try {
    made ??= start(workerData as WorkerData)
    const { transform, slots } = made
    const dataset = await made.dataset
    const watched: Dataset = {
      ...dataset,
      async get(index) {
        slots.reach(slot, READING)
        original = await dataset.get(index)
        slots.name(slot, original.id)
        slots.reach(slot, CHANGING)
        return original
      },
    }
    const sample = await sampleReader(watched, transform)(key)
    return moved(sample, original as unknown as Sample)
  } catch (error) {
    return { failure: failureOf(error), ...(original ? { id: original.id } : {}) }
  }
}

function start({ dataset, datasetOptions, transform, slots }: WorkerData): NonNullable<typeof made> {
  return {
    dataset: datasetFrom(dataset, datasetOptions),
    transform: fromJSON(transform),
    slots: new Slots(slots),
  }
}

/** The outcome, its pixels handed over and not copied; unless they are the data set's own, which it may keep. */
function moved(sample: Sample, original: Sample): Outcome {
  const outcome: Outcome = { sample }
  const { buffer } = sample.image.data
  if (buffer === original.image.data.buffer || buffer instanceof SharedArrayBuffer) return outcome
  return move({ [transferableSymbol]: [buffer], [valueSymbol]: outcome } as never) as unknown as Outcome
}
