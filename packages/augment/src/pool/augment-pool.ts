import { type Dataset, FacekpError, type Json, raceWithSignal, type Sample, type SampleLoader } from '@facekp/core'
import { Piscina } from 'piscina'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { augmentationSchema } from '../composition/check-transforms.ts'
import { check } from '../schemas.ts'
import { createCrashAttributor } from './attribute-crash.ts'
import { createChunkedRunner } from './chunked-runner.ts'
import { loadDataset } from './dataset-module.ts'
import { formatSampleName, restoreSampleError } from './sample-error.ts'
import { SlotQueue } from './slot-queue.ts'
import { Slots } from './slots.ts'
import type { Task, WorkerData } from './worker-task.ts'

export interface AugmentPoolOptions {
  /**
   * Module of the dataset, such as `new URL('./faces.js', import.meta.url)`. Each thread calls its default export,
   * `(options) => Dataset | Promise<Dataset>`.
   */
  readonly dataset: URL
  /** Argument of that function; plain JSON, default null. */
  readonly datasetOptions?: Json
  readonly transform: Augmentation
  /** Number of threads, 1 to 64. */
  readonly workers: number
  /** Maximum number of samples in progress, 1 to 4096, default 64; further calls wait. */
  readonly prefetch?: number
}

/** Threads that read and augment samples. */
export interface AugmentPool {
  /** The dataset, created in this thread too: the one to train on. */
  readonly dataset: Dataset
  /**
   * Loads an augmented sample: the same as `createSampleLoader(dataset, transform)`, for any number of threads.
   *
   * If a sample fails or a thread ends, all calls throw an error that names the sample (its own code, or `AUGMENT_WORKER`),
   * and the pool is closed. A closed pool throws `AUGMENT_CLOSED`.
   */
  readonly loader: SampleLoader
  /** Ends the threads. */
  close(): Promise<void>
}

const schema = z.strictObject({
  dataset: z.instanceof(URL),
  datasetOptions: z.optional(z.custom<Json>()),
  transform: augmentationSchema,
  workers: z.int().check(z.minimum(1), z.maximum(64)),
  prefetch: z._default(z.int().check(z.minimum(1), z.maximum(4096)), 64),
})

/**
 * Starts threads that read and augment samples while the main thread trains.
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
  const threads = createThreads(workerData, workers, prefetch)
  const queue = new SlotQueue(prefetch)
  let ended: Promise<void> | undefined
  const fail = (error: FacekpError): void => {
    // Only once: Piscina starts new threads if it is destroyed again while the first ones end.
    if (queue.close(error)) ended = threads.destroy()
  }
  threads.on('error', ({ message, stack }: Error) => fail(restoreSampleError({ problem: message, stack }, 'a worker')))
  const attributeCrash = createCrashAttributor(slots, fail)
  const run = createChunkedRunner(Math.min(workers, prefetch), (tasks) => threads.run(tasks))

  const loadSample = async (task: Task): Promise<Sample> => {
    const outcome = await run(task).catch(async (error: Error) => {
      if (!queue.error) await attributeCrash(task, error)
      throw queue.error
    })
    if ('sample' in outcome) return outcome.sample
    fail(restoreSampleError(outcome.failure, formatSampleName(outcome.id, task.key.index)))
    throw queue.error
  }

  return {
    dataset,
    async loader(key, signal) {
      signal?.throwIfAborted()
      const slot = await queue.acquire(signal)
      slots.clear(slot)
      // The slot is in use until the thread is done with it, which an abort does not wait for.
      const sample = loadSample({ key, slot }).finally(() => queue.release(slot))
      return raceWithSignal(sample, signal)
    },
    async close() {
      fail(
        new FacekpError({
          code: 'AUGMENT_CLOSED',
          problem: 'the pool is closed',
          expected: 'loads before close(), or a new augmentPool',
        }),
      )
      await ended
    },
  }
}

function createThreads(workerData: WorkerData, workers: number, prefetch: number): Piscina {
  return new Piscina({
    filename: import.meta.resolve('@facekp/augment/worker'),
    minThreads: workers,
    maxThreads: workers,
    // Threads hold all samples in progress, because the main thread cannot distribute them while it trains.
    concurrentTasksPerWorker: Math.ceil(prefetch / workers),
    workerData,
  })
}
