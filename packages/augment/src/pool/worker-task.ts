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
import { AUGMENTING, DONE, READING, Slots } from './slots.ts'

/** Data of a worker at its start. */
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

/** Slot of the sample that the current code works on: an exit handler cannot see who called `process.exit`. */
const currentSlot = new AsyncLocalStorage<number>()

process.once('exit', () => {
  const slot = currentSlot.getStore()
  if (slot !== undefined) state?.slots.markExited(slot)
})

let state: { dataset: Promise<Dataset>; transform: ReturnType<typeof fromJSON>; slots: Slots } | undefined

/** Loads and augments samples in a worker; their pixels are transferred, not copied. */
export async function work(tasks: readonly Task[]): Promise<readonly Outcome[]> {
  const transferList: ArrayBuffer[] = []
  const outcomes = await Promise.all(tasks.map((task) => currentSlot.run(task.slot, () => runTask(task, transferList))))
  return move({ [transferableSymbol]: transferList, [valueSymbol]: outcomes } as never) as unknown as Outcome[]
}

/** Loads one sample. Adds its pixel memory to `transferList`, unless it is the dataset's, which may be cached. */
async function runTask({ key, slot }: Task, transferList: ArrayBuffer[]): Promise<Outcome> {
  let original: Sample | undefined
  try {
    state ??= createState(workerData as WorkerData)
    const { transform, slots } = state
    const dataset = await state.dataset
    const trackedDataset: Dataset = {
      length: dataset.length,
      scheme: dataset.scheme,
      async get(index) {
        slots.setStage(slot, READING)
        original = await dataset.get(index)
        slots.setId(slot, original.id)
        slots.setStage(slot, AUGMENTING)
        return original
      },
    }
    const sample = await createSampleLoader(trackedDataset, transform)(key)
    slots.setStage(slot, DONE)
    const { buffer } = sample.image.data
    if (buffer !== original?.image.data.buffer && buffer instanceof ArrayBuffer) transferList.push(buffer)
    return { sample }
  } catch (error) {
    return { failure: toPlainError(error), ...(original ? { id: original.id } : {}) }
  }
}

function createState({ dataset, datasetOptions, transform, slots }: WorkerData): NonNullable<typeof state> {
  return {
    dataset: loadDataset(dataset, datasetOptions),
    transform: fromJSON(transform),
    slots: new Slots(slots),
  }
}
