import { workerData } from 'piscina'
import type { Job } from './job.ts'
import type { JobOutcome } from './job-executor.ts'
import { runJob } from './run-job.ts'

/** Data of a thread at its start. */
export interface WorkerData {
  readonly resolveFrom: readonly string[]
}

/** Attempts a job in a thread of the local executor. */
export function work(job: Job): Promise<JobOutcome> {
  return runJob(job, (workerData as WorkerData).resolveFrom)
}
