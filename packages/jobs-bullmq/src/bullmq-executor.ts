import type { JobExecutor } from '@facekp/jobs'
import { Queue, QueueEvents } from 'bullmq'
import * as z from 'zod'
import { connect } from './connect.ts'
import { OpenMessages } from './open-messages.ts'
import type { QueueMessage, QueueReply } from './queue-message.ts'
import { parseQueueOptions, type QueueOptions, queueOptions } from './queue-options.ts'

export interface BullmqExecutorOptions extends QueueOptions {
  /** Most jobs in the queue at a time, 1 to 100,000 (default 128): at least twice the number of threads of all workers. */
  readonly maxOpen?: number | undefined
}

const schema = z.strictObject({ ...queueOptions, maxOpen: z.int().min(1).max(100_000).default(128) })

/**
 * Connects a coordinator to a queue of BullMQ, whose jobs `runWorker` and `facekp worker` do on any number of machines.
 *
 * Redis may be restarted, and the coordinator too: jobs that are already in the queue are not added twice.
 *
 * @throws FacekpError `JOBS_OPTION`; `JOBS_REDIS` if Redis is not there, refuses the password or is older than 6.2
 *
 * @example
 * ```ts
 * const executor = await bullmqExecutor({ redis: 'redis://127.0.0.1:6379' })
 * for await (const result of runJobs(jobs, { executor, journal: 'jobs.jsonl' })) console.log(result.status)
 * await executor.close()
 * ```
 */
export async function bullmqExecutor(options: BullmqExecutorOptions): Promise<JobExecutor> {
  const settings = parseQueueOptions(schema, options, 'bullmqExecutor')
  const { redis: url, queue: name, maxOpen, onWarning } = settings
  const connection = await connect(url, onWarning)
  const queue = new Queue<QueueMessage, QueueReply>(name, { connection })
  const events = new QueueEvents(name, { connection })
  // The connection itself reports its errors.
  queue.on('error', () => undefined)
  events.on('error', () => undefined)
  await events.waitUntilReady()
  const messages = new OpenMessages(queue, onWarning)
  events.on('completed', ({ jobId, returnvalue }) => messages.receive(jobId, returnvalue as unknown as QueueReply))
  events.on('failed', ({ jobId, failedReason }) => messages.receiveLoss(jobId, failedReason))
  return {
    capacity: maxOpen,
    run: (job, signal) => messages.run(job, signal),
    async forget(id) {
      await queue.remove(id)
    },
    async close() {
      messages.close()
      await events.close()
      await queue.close()
      connection.disconnect()
    },
  }
}
