import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SHARE_ENV } from 'node:worker_threads'
import { parseOptions } from '@facekp/options'
import { Piscina } from 'piscina'
import * as z from 'zod'
import { toWorkerLoss } from './job-error.ts'
import type { JobExecutor, JobOutcome } from './job-executor.ts'
import type { WorkerData } from './worker-task.ts'

export interface LocalExecutorOptions {
  /** Number of threads, 1 to 256. */
  readonly workers: number
  /** URLs of modules from which names of packages are resolved, tried in turn (default: the working folder). */
  readonly resolveFrom?: string | readonly string[] | undefined
}

const fileUrl = z.url({ protocol: /^file$/, error: 'a file: URL, such as import.meta.url' })

const schema = z.strictObject({
  workers: z.int().min(1).max(256),
  resolveFrom: z.union([fileUrl, z.array(fileUrl).min(1)]).optional(),
})

/** Jobs per thread, so that no thread waits for the next one. */
const JOBS_PER_WORKER = 4

/**
 * Runs jobs in threads of this process.
 *
 * A thread that ends is replaced, and its job attempted again. A crash of native code ends the whole process; the journal of
 * `runJobs` then says what is done.
 *
 * @throws FacekpError `JOBS_OPTION`
 *
 * @example
 * ```ts
 * const executor = localExecutor({ workers: 4 })
 * ```
 */
export function localExecutor(options: LocalExecutorOptions): JobExecutor {
  const { workers, resolveFrom = pathToFileURL(join(process.cwd(), 'jobs.js')).href } = parseOptions({
    schema,
    value: options,
    code: 'JOBS_OPTION',
    name: 'localExecutor',
  })
  const workerData: WorkerData = { resolveFrom: [resolveFrom].flat() }
  const threads = new Piscina({
    filename: import.meta.resolve('@facekp/jobs/worker'),
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: 60_000,
    // Backends set variables that native code reads from the environment of the process.
    env: SHARE_ENV,
    workerData,
  })
  // Tasks report the errors of their threads.
  threads.on('error', () => undefined)
  return {
    capacity: workers * JOBS_PER_WORKER,
    async run(job, signal): Promise<JobOutcome> {
      signal.throwIfAborted()
      try {
        return await threads.run(job, { signal })
      } catch (error) {
        signal.throwIfAborted()
        return toWorkerLoss('the thread of the job ended', (error as Error).message)
      }
    },
    close: () => threads.destroy(),
  }
}
