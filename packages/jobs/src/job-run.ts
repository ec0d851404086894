import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainError } from '@facekp/core'
import { createIdSet } from '@facekp/id-set'
import { type Job, parseJob } from './job.ts'
import type { JobOutcome } from './job-executor.ts'
import type { JobJournal } from './job-journal.ts'
import type { JobResult, JobSettings } from './job-result.ts'

/** Longest pause between two attempts. */
const MAX_PAUSE_MS = 60_000

/** The state of a call of `runJobs`: open jobs, and results that wait to be taken. */
export class JobRun {
  readonly #settings: JobSettings
  readonly #journal: JobJournal | undefined
  readonly #controller = new AbortController()
  readonly #signal: AbortSignal
  readonly #results: JobResult[] = []
  /** Ids of jobs that no earlier run has done. */
  readonly #ids = createIdSet()
  readonly #repeatedIds = createIdSet()
  readonly #working = new Set<Promise<void>>()
  readonly #startedAt = performance.now()
  readonly #counts = { done: 0, failed: 0, repeated: 0, retries: 0 }
  #open = 0
  #isPulling = true
  #error: { readonly reason: unknown } | undefined
  /** Called when something changes. */
  #wake: (() => void)[] = []

  constructor(settings: JobSettings, journal: JobJournal | undefined) {
    this.#settings = settings
    this.#journal = journal
    const { signal } = this.#controller
    this.#signal = settings.signal ? AbortSignal.any([settings.signal, signal]) : signal
    // Each job that runs listens.
    setMaxListeners(Number.POSITIVE_INFINITY, this.#signal)
    this.#signal.addEventListener('abort', () => this.#fail(this.#signal.reason), { once: true })
  }

  /** Begins to take jobs, as long as there is room. */
  start(jobs: AsyncIterable<Job> | Iterable<Job>): void {
    this.#pull(jobs).catch((error: unknown) => this.#fail(error))
  }

  /** Waits for the next result; undefined after the last one. */
  async takeResult(): Promise<JobResult | undefined> {
    for (;;) {
      if (this.#error) throw this.#error.reason
      const result = this.#results.shift()
      if (result) {
        this.#open--
        this.#notify()
        return result
      }
      if (!this.#isPulling && this.#open === 0) return undefined
      await this.#wait()
    }
  }

  /** Ends all work. */
  async end(): Promise<void> {
    this.#controller.abort()
    await Promise.allSettled(this.#working)
  }

  async #pull(jobs: AsyncIterable<Job> | Iterable<Job>): Promise<void> {
    for await (const value of jobs) {
      const job = parseJob(value)
      if (this.#isDuplicate(job.id)) continue
      while (this.#open >= this.#settings.executor.capacity && !this.#error) await this.#wait()
      if (this.#error) return
      this.#open++
      const work = this.#finish(job).catch((error: unknown) => this.#fail(error))
      this.#working.add(work)
      void work.then(() => this.#working.delete(work))
    }
    this.#isPulling = false
    this.#notify()
  }

  #isDuplicate(id: string): boolean {
    const ids = this.#journal?.has(id) ? this.#repeatedIds : this.#ids
    return !ids.add(id)
  }

  /** Runs a job until it is done or failed for good, and saves the result. */
  async #finish(job: Job): Promise<void> {
    const { executor } = this.#settings
    const journal = this.#journal
    if (journal && this.#repeatedIds.has(job.id)) {
      const entry = await journal.read(job.id)
      this.#counts.repeated++
      // A killed program may have saved the result before it reported to the executor.
      await executor.forget?.(job.id)
      if (entry.status === 'done') this.#add({ ...entry, job, isRepeated: true })
      return
    }
    const { outcome, attempts } = await this.#attempt(job)
    const { id } = job
    const result: JobResult =
      outcome.status === 'done'
        ? { job, attempts, isRepeated: false, status: 'done', value: outcome.value }
        : { job, attempts, isRepeated: false, status: 'failed', error: outcome.error }
    await journal?.append(
      result.status === 'done'
        ? { id, status: 'done', value: result.value, attempts }
        : { id, status: 'failed', job, error: result.error, attempts },
    )
    await executor.forget?.(id)
    this.#add(result)
  }

  async #attempt(job: Job): Promise<{ readonly outcome: JobOutcome; readonly attempts: number }> {
    const { executor, attempts: most, backoffMs } = this.#settings
    for (let attempts = 1; ; attempts++) {
      const outcome = await executor.run(job, this.#signal)
      if (outcome.status === 'done' || !outcome.isTransient) return { outcome, attempts }
      if (attempts >= most) return { outcome: { ...outcome, error: addAttempts(outcome.error, attempts) }, attempts }
      this.#counts.retries++
      await sleep(Math.min(backoffMs * 2 ** (attempts - 1), MAX_PAUSE_MS), undefined, { signal: this.#signal })
    }
  }

  #add(result: JobResult): void {
    this.#counts[result.status]++
    this.#results.push(result)
    const { done, failed, repeated } = this.#counts
    const seconds = (performance.now() - this.#startedAt) / 1000
    const jobsPerSecond = (done + failed - repeated) / seconds
    this.#settings.onProgress?.({ ...this.#counts, open: this.#open, jobsPerSecond })
    this.#notify()
  }

  #fail(reason: unknown): void {
    this.#error ??= { reason }
    this.#notify()
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = []
    for (const resume of wake) resume()
  }
}

/** Adds to an error how often the job was attempted. */
function addAttempts(error: PlainError, attempts: number): PlainError {
  return attempts === 1 ? error : { ...error, problem: `${error.problem} (${attempts} attempts)` }
}
