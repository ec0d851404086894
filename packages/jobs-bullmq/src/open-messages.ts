import { setTimeout as sleep } from 'node:timers/promises'
import { FacekpError, raceWithSignal } from '@facekp/core'
import type { Job, JobOutcome } from '@facekp/jobs'
import type { Queue } from 'bullmq'
import { MESSAGE_NAME, type QueueMessage, type QueueReply, VERSION } from './queue-message.ts'

/** Milliseconds between two looks at all open messages: events may be missed while Redis restarts. */
const POLL_MS = 2000

/** Looks without a reply before the workers are counted, and between two counts. */
const POLLS_PER_COUNT = 5

/** A message whose reply is awaited. */
interface OpenMessage {
  readonly job: Job
  resolve(outcome: JobOutcome): void
}

/** Jobs of a coordinator that are in the queue. */
export class OpenMessages {
  readonly #queue: Queue<QueueMessage, QueueReply>
  readonly #onWarning: (warning: FacekpError) => void
  readonly #open = new Map<string, OpenMessage>()
  readonly #controller = new AbortController()
  #pollsWithoutReply = 0
  /** Whether the queue had no worker when they were last counted. */
  #lacksWorkers = false
  /** Whether Redis refused the last message. */
  #isRefused = false

  constructor(queue: Queue<QueueMessage, QueueReply>, onWarning: (warning: FacekpError) => void) {
    this.#queue = queue
    this.#onWarning = onWarning
    this.#poll().catch(() => undefined)
  }

  /** Sends a job, unless an earlier coordinator did, and waits for its reply. */
  async run(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const { id } = job
    const reply = new Promise<JobOutcome>((resolve) => this.#open.set(id, { job, resolve }))
    try {
      await raceWithSignal(this.#send(job), signal)
      return await raceWithSignal(reply, signal)
    } catch (error) {
      // A worker keeps what it has begun.
      if (signal.aborted) this.#queue.remove(id).catch(() => undefined)
      throw error
    } finally {
      this.#open.delete(id)
    }
  }

  /** Receives the reply to a message. */
  receive(id: string, outcome: JobOutcome): void {
    const message = this.#open.get(id)
    if (message) this.#resolve(message, outcome).catch(() => undefined)
  }

  /** Receives that the worker of a message ended. */
  receiveLoss(id: string, reason: string): void {
    this.receive(id, toLoss(reason))
  }

  close(): void {
    this.#controller.abort()
  }

  /** Sends a job. If Redis refuses it, such as without memory, a later look sends it again. */
  async #send(job: Job): Promise<void> {
    try {
      await this.#queue.add(MESSAGE_NAME, { version: VERSION, job }, { jobId: job.id })
      this.#isRefused = false
    } catch (error) {
      if (!this.#isRefused) this.#onWarning(refusedError(error as Error))
      this.#isRefused = true
    }
  }

  async #resolve(open: OpenMessage, outcome: JobOutcome): Promise<void> {
    const { job, resolve } = open
    const isOpen = (): boolean => this.#open.get(job.id) === open
    // The event and a look may both bring the reply.
    if (!isOpen()) return
    // Another attempt sends the message again. That of a result is removed once the result is saved. If Redis refuses it, the message stays open,
    // and a later look brings the reply again.
    if (outcome.status === 'failed') await this.#queue.remove(job.id)
    if (!isOpen()) return
    this.#open.delete(job.id)
    this.#pollsWithoutReply = 0
    this.#lacksWorkers = false
    resolve(outcome)
  }

  /** Looks whether a message has been replied to. */
  async #check(open: OpenMessage): Promise<void> {
    const message = await this.#queue.getJob(open.job.id)
    // Redis has lost it, such as by a crash between two writes to its disk.
    if (message === undefined && this.#open.get(open.job.id) === open) await this.#send(open.job)
    if (message?.finishedOn === undefined) return
    await this.#resolve(open, message.failedReason ? toLoss(message.failedReason) : message.returnvalue)
  }

  /** Warns when the queue has no worker: the last one may end during a long job, whose loss nobody else notices. */
  async #countWorkers(): Promise<void> {
    const lacksWorkers = (await this.#queue.getWorkersCount()) === 0
    if (lacksWorkers && !this.#lacksWorkers) this.#onWarning(noWorkerError(this.#queue.name))
    this.#lacksWorkers = lacksWorkers
  }

  /** Looks at all open messages from time to time. */
  async #poll(): Promise<void> {
    const { signal } = this.#controller
    for (;;) {
      await sleep(POLL_MS, undefined, { signal, ref: false })
      this.#pollsWithoutReply = this.#open.size > 0 ? this.#pollsWithoutReply + 1 : 0
      try {
        for (const message of [...this.#open.values()]) await this.#check(message)
        if (this.#pollsWithoutReply > 0 && this.#pollsWithoutReply % POLLS_PER_COUNT === 0) await this.#countWorkers()
      } catch {
        // The connection was lost, which it reports itself.
      }
    }
  }
}

function refusedError(cause: Error): FacekpError {
  return new FacekpError({
    code: 'JOBS_REDIS',
    problem: 'Redis refuses a job',
    received: cause.message,
    expected: 'a Redis with free memory and disk, whose user may write',
    cause,
  })
}

function noWorkerError(queue: string): FacekpError {
  return new FacekpError({
    code: 'JOBS_NO_WORKER',
    problem: `jobs wait, and queue ${queue} has no worker`,
    expected: 'facekp worker --redis URL on a machine that reaches Redis',
  })
}

function toLoss(received: string): JobOutcome {
  const { code, problem, expected } = new FacekpError({
    code: 'JOB_WORKER_LOST',
    problem: 'the worker of the job ended',
    expected: 'a worker that finishes the job: enough memory, and a process that is not killed',
  })
  return { status: 'failed', error: { code, problem, received, expected }, isTransient: true }
}
