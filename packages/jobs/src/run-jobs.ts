import { type ArgumentKind, checkArgument } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'
import type { Job } from './job.ts'
import { openJournal } from './job-journal.ts'
import type { JobResult, JobSettings, RunJobsOptions } from './job-result.ts'
import { JobRun } from './job-run.ts'

const isFunction = (value: unknown): boolean => typeof value === 'function'
const functionSchema = z.custom<(...args: never[]) => unknown>(isFunction, 'a function')
const schema = z.strictObject({
  executor: z.looseObject({ capacity: z.int().min(1), run: functionSchema, close: functionSchema }),
  attempts: z.int().min(1).max(100).default(5),
  backoffMs: z.number().min(0).max(60_000).default(1000),
  journal: z.string().min(1).optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onProgress: functionSchema.optional(),
})

const JOBS: ArgumentKind<AsyncIterable<Job> | Iterable<Job>> = {
  expected: 'jobs: an iterable or async iterable of what createJob returns',
  test: (value) =>
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
}

/**
 * Runs jobs and returns their results as they come: one for each id, never two.
 *
 * Takes a job only if the executor has room, and no more while results wait to be taken, so that memory does not grow with the
 * number of jobs, apart from their ids. Attempts that fail by an error that may pass (a disk that is full, a server that is away, a
 * worker that ends, `JOB_RETRY`) are made again later; other errors make the job a dead letter at once.
 *
 * @param jobs each id is run once, also if it comes twice
 * @throws FacekpError `JOBS_OPTION`, `JOB_INVALID`, `JOBS_JOURNAL`, and errors of the executor after which no job can be run
 *
 * @example
 * ```ts
 * const executor = localExecutor({ workers: 4 })
 * for await (const result of runJobs(jobs, { executor, journal: 'runs/jobs.jsonl' })) {
 *   if (result.status === 'failed') console.error(result.error.problem)
 *   else console.log(result.value)
 * }
 * await executor.close()
 * ```
 */
export function runJobs(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  options: RunJobsOptions,
): AsyncGenerator<JobResult, void, void> {
  checkArgument(JOBS, jobs, 'jobs', 'runJobs')
  const settings = parseOptions({ schema, value: options, code: 'JOBS_OPTION', name: 'runJobs' })
  // Not the copy of zod: methods of an executor may need its own `this`.
  return generateResults(jobs, { ...(settings as unknown as JobSettings), executor: options.executor })
}

async function* generateResults(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  settings: JobSettings,
): AsyncGenerator<JobResult, void, void> {
  settings.signal?.throwIfAborted()
  const journal = settings.journal === undefined ? undefined : await openJournal(settings.journal)
  const run = new JobRun(settings, journal)
  try {
    run.start(jobs)
    for (;;) {
      const result = await run.takeResult()
      if (result === undefined) return
      yield result
    }
  } finally {
    await run.end()
    await journal?.close()
  }
}
