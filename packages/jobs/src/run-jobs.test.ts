import { execFileSync } from 'node:child_process'
import { getMaxListeners } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../../../tests/support/typescript-program.ts'
import { createJob, type Job } from './job.ts'
import type { JobExecutor, JobOutcome } from './job-executor.ts'
import { readDeadLetters, readJobOrder } from './job-journal.ts'
import type { JobResult } from './job-result.ts'
import { runJobs } from './run-jobs.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-jobs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const createJobs = (count: number): Job[] =>
  Array.from({ length: count }, (_, n) => createJob({ module: 'square', args: n }))

const square = (job: Job): JobOutcome => ({ status: 'done', value: (job.args as number) ** 2 })

/** An executor in this thread, which counts the jobs that it runs at a time. */
function createExecutor(run: (job: Job, signal: AbortSignal) => JobOutcome | Promise<JobOutcome>): {
  readonly executor: JobExecutor
  readonly ran: Job[]
  readonly forgotten: string[]
} {
  const ran: Job[] = []
  const forgotten: string[] = []
  const executor: JobExecutor = {
    capacity: 3,
    async run(job, signal) {
      ran.push(job)
      await new Promise((resolve) => setImmediate(resolve))
      return run(job, signal)
    },
    async forget(id) {
      forgotten.push(id)
    },
    close: async () => undefined,
  }
  return { executor, ran, forgotten }
}

async function collect(results: AsyncIterable<JobResult>): Promise<JobResult[]> {
  const list: JobResult[] = []
  for await (const result of results) list.push(result)
  return list
}

describe('runJobs', () => {
  test('takes no more jobs than the executor has room for, and none while results wait', async () => {
    let listed = 0
    async function* listJobs(): AsyncGenerator<Job> {
      for (const job of createJobs(20)) {
        listed++
        yield job
      }
    }
    const { executor } = createExecutor(square)
    let received = 0
    for await (const { job } of runJobs(listJobs(), { executor })) {
      received++
      expect(job.module).toBe('square')
      await new Promise((resolve) => setTimeout(resolve, 1))
      // One more is listed, and waits for room.
      expect(listed - received).toBeLessThanOrEqual(4)
    }
    expect(received).toBe(20)
  })

  test('reports progress', async () => {
    const { executor, forgotten } = createExecutor(square)
    const reports: object[] = []
    await collect(runJobs(createJobs(4), { executor, onProgress: (progress) => reports.push(progress) }))
    expect(reports).toHaveLength(4)
    expect(reports.at(-1)).toMatchObject({ done: 4, failed: 0, repeated: 0, retries: 0 })
    expect((reports.at(-1) as { jobsPerSecond: number }).jobsPerSecond).toBeGreaterThan(0)
    expect(forgotten).toHaveLength(4)
  })

  test('attempts again what may succeed, and nothing else', async () => {
    const { executor, ran } = createExecutor((job) => ({
      status: 'failed',
      isTransient: job.args === 0,
      error: { problem: 'away' },
    }))
    const results = await collect(runJobs(createJobs(2), { executor, attempts: 3, backoffMs: 0 }))
    expect(ran.map(({ args }) => args).sort()).toEqual([0, 0, 0, 1])
    expect(results.map(({ job, attempts, status }) => [job.args, attempts, status]).sort()).toEqual([
      [0, 3, 'failed'],
      [1, 1, 'failed'],
    ])
  })

  test('ends when its signal is aborted, and aborts its jobs', async () => {
    const controller = new AbortController()
    const signals: AbortSignal[] = []
    const { executor } = createExecutor((_, signal) => {
      const ended = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      if (signals.push(signal) === executor.capacity) setImmediate(() => controller.abort(new Error('enough')))
      return ended
    })
    const results = collect(runJobs(createJobs(9), { executor, signal: controller.signal }))
    await expect(results).rejects.toThrow('enough')
    expect(signals).toHaveLength(3)
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
  })

  test('ends the open jobs when its results are no longer taken', async () => {
    const { executor, ran } = createExecutor(square)
    for await (const result of runJobs(createJobs(100), { executor })) {
      if (result.status === 'done') break
    }
    expect(ran.length).toBeLessThan(10)
  })

  test('an error of the list of jobs, and of the executor, ends the run', async () => {
    async function* listJobs(): AsyncGenerator<Job> {
      yield* createJobs(1)
      throw new Error('list is gone')
    }
    const { executor } = createExecutor(square)
    await expect(collect(runJobs(listJobs(), { executor }))).rejects.toThrow('list is gone')
    const { executor: broken } = createExecutor(() => {
      throw new Error('no workers')
    })
    await expect(collect(runJobs(createJobs(2), { executor: broken }))).rejects.toThrow('no workers')
    await expect(collect(runJobs([{ id: 'x' } as Job], { executor }))).rejects.toMatchObject({ code: 'JOB_INVALID' })
  })

  test('refuses invalid options', () => {
    const { executor } = createExecutor(square)
    const refused = expect.objectContaining({ code: 'JOBS_OPTION' })
    expect(() => runJobs([], { executor: {} as JobExecutor })).toThrow(refused)
    expect(() => runJobs([], { executor, attempts: 0 })).toThrow(refused)
    expect(() => runJobs(7 as never, { executor })).toThrow(/jobs/)
  })
})

describe('a journal', () => {
  const run = (count: number): { readonly ran: Job[]; readonly results: Promise<JobResult[]> } => {
    const { executor, ran } = createExecutor(square)
    return { ran, results: collect(runJobs(createJobs(count), { executor, journal: join(folder, 'a', 'j.jsonl') })) }
  }

  test('repeats the results of an earlier run, and leaves out a line that was not finished', async () => {
    await run(4).results
    const file = join(folder, 'a', 'j.jsonl')
    const text = readFileSync(file, 'utf8')
    expect(text.split('\n')).toHaveLength(5)
    // The last line loses its end, as if the program had been killed.
    writeFileSync(file, text.slice(0, -3))
    const again = run(6)
    const results = await again.results
    expect(again.ran).toHaveLength(3)
    expect(results.filter(({ isRepeated }) => isRepeated)).toHaveLength(3)
    const values = results.map((result) => (result.status === 'done' ? result.value : undefined))
    expect(values.sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 4, 9, 16, 25])
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(7)
  })

  test('has the order of the first results, also of a job that failed before it was done', async () => {
    const journal = join(folder, 'j.jsonl')
    expect(await readJobOrder(journal)).toEqual([])
    const jobs = createJobs(3)
    const order = [2, 0, 1].map((n) => (jobs[n] as Job).id)
    const failing = createExecutor((job) =>
      job.args === 0 ? { status: 'failed', isTransient: false, error: { problem: 'no square' } } : square(job),
    )
    await collect(
      runJobs(
        [2, 0, 1].map((n) => jobs[n] as Job),
        { executor: failing.executor, journal },
      ),
    )
    expect(await readJobOrder(journal)).toEqual(order)
    await collect(runJobs(jobs, { executor: createExecutor(square).executor, journal }))
    expect(await readDeadLetters(journal)).toEqual([])
    expect(await readJobOrder(journal)).toEqual(order)
    // Notepad, in which a line was removed, writes a byte order mark.
    writeFileSync(journal, `\uFEFF${readFileSync(journal, 'utf8')}`)
    const { executor, ran } = createExecutor(square)
    expect(await collect(runJobs(jobs, { executor, journal }))).toHaveLength(jobs.length)
    expect(ran).toEqual([])
  })

  test('with a foreign line is refused, naming the line', async () => {
    await run(2).results
    appendFileSync(join(folder, 'a', 'j.jsonl'), '{"image":"a.jpg"}\n')
    await expect(run(2).results).rejects.toMatchObject({ code: 'JOBS_JOURNAL', line: 3 })
  })
})

test('memory grows by less than 64 bytes a job', () => {
  const program = `
    import { createJob } from ${JSON.stringify(new URL('job.ts', import.meta.url).href)}
    import { runJobs } from ${JSON.stringify(new URL('run-jobs.ts', import.meta.url).href)}
    const executor = { capacity: 64, run: async () => ({ status: 'done', value: null }), close: async () => undefined }
    function* listJobs(count) {
      for (let n = 0; n < count; n++) yield createJob({ module: 'square', args: n })
    }
    async function measure(count) {
      let left = count
      let used = 0
      const options = { executor, journal: process.argv[1] + '/' + count }
      for await (const result of runJobs(listJobs(count), options)) {
        if (--left > 0) continue
        gc()
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        used = heapUsed + arrayBuffers
      }
      return used
    }
    const few = await measure(2000)
    console.log((await measure(22_000) - few) / 20_000)`
  const args = ['--expose-gc', ...LOAD_TYPESCRIPT, '--input-type=module', '--eval', program]
  const env = { ...process.env, NODE_OPTIONS: '' }
  expect(Number(execFileSync(process.execPath, [...args, folder], { encoding: 'utf8', env }))).toBeLessThan(64)
})

test('a journal that is a folder is an error that says so', async () => {
  await expect(readDeadLetters(folder)).rejects.toMatchObject({
    code: 'JOBS_JOURNAL',
    file: folder,
    problem: 'cannot read the journal',
    received: expect.stringContaining('EISDIR'),
  })
})

test('the signal of the jobs does not warn of many listeners', async () => {
  const { executor } = createExecutor((job, signal) => {
    expect(getMaxListeners(signal)).toBe(Number.POSITIVE_INFINITY)
    return square(job)
  })
  expect(await collect(runJobs(createJobs(1), { executor }))).toMatchObject([{ status: 'done' }])
})
