import type { Job, JobOutcome } from '@facekp/jobs'
import manifest from '../package.json' with { type: 'json' }

/** Version of coordinators and workers that understand each other: this one. */
export const VERSION: string = manifest.version

/** What is sent to the workers. */
export interface QueueMessage {
  readonly version: string
  readonly job: Job
}

/** What a worker returns: failures too, since the coordinator decides about further attempts. */
export type QueueReply = JobOutcome

/** Name of a job in the queue; ids tell jobs apart. */
export const MESSAGE_NAME = 'job'
