import type { Json, PlainError } from '@facekp/core'
import type { Job } from './job.ts'
import type { JobExecutor } from './job-executor.ts'

/** What became of a job. */
export type JobResult = {
  readonly job: Job
  readonly attempts: number
  /** Whether an earlier run with the same journal did it. */
  readonly isRepeated: boolean
} & (
  | { readonly status: 'done'; readonly value: Json }
  /** A dead letter: an error that does not pass, or too many attempts. */
  | { readonly status: 'failed'; readonly error: PlainError }
)

/** How far a run is. */
export interface JobProgress {
  readonly done: number
  readonly failed: number
  /** Of those done, how many an earlier run did. */
  readonly repeated: number
  /** Attempts that failed and were made again. */
  readonly retries: number
  /** Jobs that were begun and whose results were not taken yet. */
  readonly open: number
  /** Jobs finished per second in this run. */
  readonly jobsPerSecond: number
}

export interface RunJobsOptions {
  /** Where the jobs run: `localExecutor`, or `bullmqExecutor` of `@facekp/jobs-bullmq`. */
  readonly executor: JobExecutor
  /** Most attempts at a job, 1 to 100 (default 5). */
  readonly attempts?: number | undefined
  /** Milliseconds before the second attempt, doubled before each further one, up to a minute (default 1000). */
  readonly backoffMs?: number | undefined
  /**
   * File that holds the results as JSON lines. A run with the file of an earlier one repeats its results without running the jobs,
   * and attempts failed ones again.
   */
  readonly journal?: string | undefined
  /** Ends the run; the results that were taken are in the journal. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: JobProgress) => void) | undefined
}

/** Options with their defaults. */
export type JobSettings = RunJobsOptions & { readonly attempts: number; readonly backoffMs: number }
