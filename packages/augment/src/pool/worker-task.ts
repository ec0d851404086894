import { AsyncLocalStorage } from 'node:async_hooks'
import {
  createSampleLoader,
  type Dataset,
  type Json,
  type PlainError,
  type Sample,
  type SampleKey,
  toPlainError,
} from '@facekp/core'
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina'
import type { AugmentationJson } from '../augmentation.ts'
import { fromJSON } from '../json.ts'
import { loadDataset } from './dataset-module.ts'
import { CHANGING, DONE, READING, Slots } from './slots.ts'

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

export type Outcome = { readonly sample: Sample } | { readonly failure: PlainError; readonly id?: string }

/** The slot of the sample that the code which runs now is for: `process.exit` does not tell who called it. */
const running = new AsyncLocalStorage<number>()

process.once('exit', () => {
  const slot = running.getStore()
  if (slot !== undefined) made?.slots.end(slot)
})

let made: { dataset: Promise<Dataset>; transform: ReturnType<typeof fromJSON>; slots: Slots } | undefined

/** Makes samples, in a thread of the pool. Their pixels are handed over and not copied. */
export async function work(tasks: readonly Task[]): Promise<readonly Outcome[]> {
  const own: ArrayBuffer[] = []
  const outcomes = await Promise.all(tasks.map((task) => running.run(task.slot, () => runTask(task, own))))
  return move({ [transferableSymbol]: own, [valueSymbol]: outcomes } as never) as unknown as Outcome[]
}

/** Makes one sample, and adds the memory of its pixels to `own` unless it is the data set's, which may keep it. */
async function runTask({ key, slot }: Task, own: ArrayBuffer[]): Promise<Outcome> {
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
    const sample = await createSampleLoader(watched, transform)(key)
    slots.reach(slot, DONE)
    const { buffer } = sample.image.data
    if (buffer !== original?.image.data.buffer && buffer instanceof ArrayBuffer) own.push(buffer)
    return { sample }
  } catch (error) {
    return { failure: toPlainError(error), ...(original ? { id: original.id } : {}) }
  }
}

function start({ dataset, datasetOptions, transform, slots }: WorkerData): NonNullable<typeof made> {
  return {
    dataset: loadDataset(dataset, datasetOptions),
    transform: fromJSON(transform),
    slots: new Slots(slots),
  }
}
