import { hostname } from 'node:os'
import { FacekpError } from '@facekp/core'
import { type JobOutcome, localExecutor } from '@facekp/jobs'
import { type Job as Message, WaitingError, Worker } from 'bullmq'
import * as z from 'zod'
import { connect } from './connect.ts'
import { type QueueMessage, type QueueReply, VERSION } from './queue-message.ts'
import { parseQueueOptions, type QueueOptions, queueOptions } from './queue-options.ts'

export interface RunWorkerOptions extends QueueOptions {
  /** Number of threads, 1 to 256: jobs at a time. */
  readonly workers: number
  /** URLs of modules from which names of packages are resolved, tried in turn (default: the working folder). */
  readonly resolveFrom?: string | readonly string[] | undefined
  /** Milliseconds without a sign of life after which others take the jobs of this worker over, at least 500 (default 30,000). */
  readonly lockMs?: number | undefined
  /** Ends the worker. Its jobs go back to the queue at once. */
  readonly signal?: AbortSignal | undefined
  /** Is called for each job that has ended. */
  readonly onJob?: ((id: string, outcome: JobOutcome) => void) | undefined
}

const schema = z.strictObject({
  ...queueOptions,
  workers: z.int().min(1).max(256),
  resolveFrom: z.union([z.string(), z.array(z.string())]).optional(),
  lockMs: z.int().min(500).max(3_600_000).default(30_000),
  signal: z.instanceof(AbortSignal).optional(),
  onJob: z.custom<RunWorkerOptions['onJob']>((value) => typeof value === 'function', 'a function').optional(),
})

/**
 * Does the jobs of a queue in threads until its signal is aborted. The main thread stays free, so that jobs of any length keep their
 * locks.
 *
 * Everybody who may write to the Redis can make workers run any module that they have: use a password, and no public address.
 *
 * @throws FacekpError `JOBS_OPTION`; `JOBS_REDIS` if Redis is not there, refuses the password or is older than 6.2; `JOBS_VERSION` if
 *   the coordinator has another version. Its jobs stay in the queue; and what `onJob` throws
 *
 * @example
 * ```ts
 * const controller = new AbortController()
 * process.once('SIGTERM', () => controller.abort())
 * await runWorker({ redis: 'redis://127.0.0.1:6379', workers: 4, signal: controller.signal })
 * ```
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const settings = parseQueueOptions(schema, options, 'runWorker')
  const { redis: url, queue, workers, resolveFrom, lockMs, signal, onJob, onWarning } = settings
  const executor = localExecutor({ workers, resolveFrom })
  const connection = await connect(url, onWarning)
  const controller = new AbortController()
  const ending = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal

  const process = async (message: Message<QueueMessage, QueueReply>, token?: string): Promise<QueueReply> => {
    try {
      ending.throwIfAborted()
      const { version, job } = message.data
      if (version !== VERSION) throw versionError(queue, version)
      const outcome = addWorker(await executor.run(job, ending))
      onJob?.(job.id, outcome)
      return outcome
    } catch (error) {
      if (!ending.aborted) controller.abort(error)
      await message.moveToWait(token)
      throw new WaitingError()
    }
  }
  const worker = new Worker<QueueMessage, QueueReply>(queue, process, {
    connection,
    concurrency: workers,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // The coordinator decides about further attempts.
    maxStalledCount: 0,
  })
  // The connection itself reports its errors.
  worker.on('error', () => undefined)
  try {
    await waitForAbort(ending)
    controller.signal.throwIfAborted()
  } finally {
    await worker.close()
    await executor.close()
    connection.disconnect()
  }
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Adds to an error on which machine it arose. */
function addWorker(outcome: JobOutcome): JobOutcome {
  if (outcome.status === 'done') return outcome
  const { error } = outcome
  return { ...outcome, error: { ...error, problem: `worker ${hostname()}: ${error.problem}` } }
}

function versionError(queue: string, received: string): FacekpError {
  return new FacekpError({
    code: 'JOBS_VERSION',
    problem: `queue ${queue} holds jobs of another version`,
    received: `@facekp/jobs-bullmq ${received}`,
    expected: `version ${VERSION} on the machine of the coordinator too, or another queue (--queue)`,
  })
}
