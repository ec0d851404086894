import { type Dataset, FacekpError, type Json, type Sample, type SampleLoader } from '@facekp/core'
import { Piscina } from 'piscina'
import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { augmentationSchema } from '../composition/transforms.ts'
import { check } from '../schemas.ts'
import { loadDataset } from './dataset-module.ts'
import { errorOf, sampleName } from './sample-error.ts'
import { CHANGING, READING, Slots } from './slots.ts'
import type { Outcome, Task, WorkerData } from './worker-task.ts'

export interface AugmentPoolOptions {
  /**
   * The module that makes the data set, such as `new URL('./faces.js', import.meta.url)`. Each thread loads it and calls its default
   * export, `(options) => Dataset | Promise<Dataset>`.
   */
  readonly dataset: URL
  /** Handed to that function; plain JSON. Default none. */
  readonly datasetOptions?: Json
  readonly transform: Augmentation
  /** Threads, 1 to 64. */
  readonly workers: number
  /** Maximum number of samples in progress, 1 to 4096, default 64; further calls wait. */
  readonly prefetch?: number
}

/** Threads that read and augment samples. */
export interface AugmentPool {
  /** The data set, made in this thread too: what to train on. */
  readonly dataset: Dataset
  /**
   * Sample `index` as the run of this seed has it in this epoch: what `createSampleLoader(dataset, transform)` gives, for any number of
   * threads.
   *
   * Where a sample cannot be made or a thread ends, this and all other calls throw an error that names the sample (its own code, or
   * `AUGMENT_WORKER`), and the pool is closed. A closed pool throws `AUGMENT_CLOSED`.
   */
  readonly loader: SampleLoader
  /** Ends the threads. */
  close(): Promise<void>
}

const schema = z.object({
  dataset: z.instanceof(URL),
  transform: augmentationSchema,
  workers: z.number().int().min(1).max(64),
  prefetch: z.number().int().min(1).max(4096).default(64),
})

/**
 * Starts threads that read and augment samples while the training continues.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options, `AUGMENT_DATASET` if the module creates no dataset
 *
 * @example
 * ```ts
 * const pool = await augmentPool({ dataset: new URL('./faces.js', import.meta.url), transform: pipeline, workers: 2 })
 * try {
 *   await train({ model, train: pool.dataset, loader: pool.loader, epochs: 20, batchSize: 8, learningRate: 1e-3 })
 * } finally {
 *   await pool.close()
 * }
 * ```
 */
export async function augmentPool(options: AugmentPoolOptions): Promise<AugmentPool> {
  const { workers, prefetch } = check('AUGMENT_OPTIONS', 'augmentPool', schema, options)
  const { datasetOptions = null, transform } = options
  const dataset = await loadDataset(options.dataset.href, datasetOptions)
  const slots = new Slots(prefetch)
  const workerData: WorkerData = {
    dataset: options.dataset.href,
    datasetOptions,
    transform: transform.toJSON(),
    slots: slots.memory,
  }
  const threads = new Piscina({
    filename: import.meta.resolve('@facekp/augment/worker'),
    minThreads: workers,
    maxThreads: workers,
    // All that is under way is with the threads already: while this one trains, nobody could hand it on.
    concurrentTasksPerWorker: Math.ceil(prefetch / workers),
    workerData,
  })
  const free = Array.from({ length: prefetch }, (_, slot) => slot)
  const waiting: (() => void)[] = []
  let failed: FacekpError | undefined
  const fail = (error: FacekpError): void => {
    if (failed) return
    failed = error
    for (const wake of waiting.splice(0)) wake()
    void threads.destroy()
  }
  threads.on('error', (error: Error) => fail(errorOf({ problem: error.message, stack: error.stack }, 'a worker')))

  const attributeCrash = attributeCrashes(slots, fail)
  const run = createChunkedRunner(Math.min(workers, prefetch), (tasks) => threads.run(tasks))
  const take = async (): Promise<number> => {
    while (free.length === 0 && !failed) await new Promise<void>((wake) => waiting.push(wake))
    if (failed) throw failed
    return free.pop() as number
  }
  const release = (slot: number): void => {
    free.push(slot)
    waiting.shift()?.()
  }

  const make = async (task: Task): Promise<Sample> => {
    let outcome: Outcome
    try {
      outcome = await run(task)
    } catch (error) {
      if (!failed) await attributeCrash(task, error as Error)
      throw failed
    }
    if ('sample' in outcome) return outcome.sample
    fail(errorOf(outcome.failure, sampleName(outcome.id, task.key.index)))
    throw failed
  }

  return {
    dataset,
    async loader(key, signal) {
      signal?.throwIfAborted()
      const slot = await take()
      try {
        signal?.throwIfAborted()
        slots.clear(slot)
        return await make({ key, slot })
      } finally {
        release(slot)
      }
    },
    async close() {
      fail(new FacekpError({ code: 'AUGMENT_CLOSED', problem: 'augmentPool: the pool is closed' }))
      await threads.destroy()
    },
  }
}

const CHUNK = 8

/**
 * A function to have a task done. What is asked for at once, such as a batch, goes to the threads in up to eight tasks at a time, and
 * so comes back: each message costs this thread as much as a good part of an augmentation.
 */
function createChunkedRunner(
  threads: number,
  run: (tasks: readonly Task[]) => Promise<readonly Outcome[]>,
): (task: Task) => Promise<Outcome> {
  type Asked = { readonly task: Task; resolve(outcome: Outcome): void; reject(error: unknown): void }
  let asked: Asked[] = []
  const send = async (chunk: readonly Asked[]): Promise<void> => {
    try {
      const outcomes = await run(chunk.map(({ task }) => task))
      for (const [i, { resolve }] of chunk.entries()) resolve(outcomes[i] as Outcome)
    } catch (error) {
      for (const { reject } of chunk) reject(error)
    }
  }
  const sendAll = (): void => {
    const size = Math.min(CHUNK, Math.ceil(asked.length / threads))
    for (let from = 0; from < asked.length; from += size) void send(asked.slice(from, from + size))
    asked = []
  }
  return (task) =>
    new Promise((resolve, reject) => {
      // A microtask: sent before this thread turns to anything else, yet after all that is asked for in one go.
      if (asked.length === 0) queueMicrotask(sendAll)
      asked.push({ task, resolve, reject })
    })
}

/**
 * A function to tell of each task that a thread left behind when it ended. They come one right after another; once all are in, the
 * pool fails by the sample whose code ended it; where that is not known, by the first of those that the thread was furthest with.
 */
function attributeCrashes(
  slots: Slots,
  fail: (error: FacekpError) => void,
): (task: Task, error: Error) => Promise<void> {
  let left: Task[] = []
  return async (task, error) => {
    left.push(task)
    await new Promise((resolve) => setImmediate(resolve))
    if (left.length === 0) return
    const known = left.filter(({ slot }) => slots.ended(slot))
    const furthest = Math.max(...left.map(({ slot }) => slots.stage(slot)))
    const suspects = known.length > 0 ? known : left.filter(({ slot }) => slots.stage(slot) === furthest)
    left = []
    const at = suspects[0] as Task
    const stage = slots.stage(at.slot)
    const doing =
      stage === CHANGING ? 'while it changed it' : stage === READING ? 'while it read it' : 'before it was at it'
    const others = suspects.length > 1 ? `, or one of ${suspects.length - 1} others` : ''
    fail(
      errorOf(
        { problem: `the thread ended ${doing}${others}`, received: error.message, stack: error.stack },
        sampleName(slots.id(at.slot), at.key.index),
      ),
    )
  }
}
