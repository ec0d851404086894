import type { Json, PlainError } from '@facekp/core'
import type { Job } from './job.ts'

/** What became of one attempt at a job. */
export type JobOutcome =
  | { readonly status: 'done'; readonly value: Json }
  | {
      readonly status: 'failed'
      readonly error: PlainError
      /** Whether another attempt may succeed. */
      readonly isTransient: boolean
    }

/** Runs jobs somewhere: in threads, or on other machines. */
export interface JobExecutor {
  /** Largest number of jobs that it should have at a time. */
  readonly capacity: number
  /**
   * Attempts a job once. A worker that ends is an outcome too.
   *
   * @throws the signal's reason once it is aborted, and errors after which no job can be run
   */
  run(job: Job, signal: AbortSignal): Promise<JobOutcome>
  /** Drops what is stored about a job whose result has been saved. */
  forget?(id: string): Promise<void>
  /** Releases all resources. */
  close(): Promise<void>
}
