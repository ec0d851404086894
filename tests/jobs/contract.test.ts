import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readDeadLetters } from '@facekp/jobs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { hasRedis } from '../support/redis.ts'
import { type RedisServer, startRedis } from '../support/start-redis.ts'
import { coordinate, JOB_MODULE, killPrograms, type PrintedResult, parseResults, startProgram } from './coordinate.ts'
import type { Coordination } from './fixtures/coordinator.ts'

// What every executor promises: no result is lost, and none comes twice.

const MODULE = JOB_MODULE.href

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-jobs-'))
})
afterEach(async () => {
  await killPrograms()
  rmSync(folder, { recursive: true })
})

interface TestedExecutor {
  /** Starts what the executor needs before the tests. */
  start?(): Promise<void>
  stop?(): Promise<void>
  /** Starts workers for a test, and describes the executor. */
  prepare(): Coordination['executor']
}

const EXECUTORS: Readonly<Record<string, TestedExecutor>> = {
  localExecutor: { prepare: () => ({ workers: 2 }) },
  ...(hasRedis && { bullmqExecutor: createBullmq() }),
}

function createBullmq(): TestedExecutor {
  let server: RedisServer | undefined
  let count = 0
  return {
    async start() {
      server = await startRedis()
    },
    stop: async () => server?.stop(),
    prepare() {
      const executor = { redis: (server as RedisServer).url, queue: `contract-${count++}` }
      startProgram('worker.ts', { ...executor, workers: 2 })
      return executor
    },
  }
}

describe.each(Object.entries(EXECUTORS))('%s', (_, { start, stop, prepare }) => {
  beforeAll(async () => start?.())
  afterAll(async () => stop?.())

  const createSpec = (spec: Partial<Coordination>): Coordination => ({
    executor: prepare(),
    module: MODULE,
    folder,
    journal: join(folder, 'journal.jsonl'),
    count: 20,
    ...spec,
  })

  test('runs 10,000 jobs, each once', async () => {
    const results = await coordinate(createSpec({ count: 10_000, args: { log: false } }))
    expectSquares(results, 10_000)
    expect(results.every(({ attempts, isRepeated }) => attempts === 1 && !isRepeated)).toBe(true)
    expect(readJournal()).toHaveLength(10_000)
  }, 1_800_000)

  test('returns one result for jobs that are listed three times', async () => {
    expectSquares(await coordinate(createSpec({ copies: 3 })), 20)
    expect(readJournal()).toHaveLength(20)
    expect(readRan()).toHaveLength(20)
  })

  test('attempts a job again after its worker ended in the middle of it', async () => {
    const results = await coordinate(createSpec({ special: [{ fault: 'exit', times: 2 }] }))
    expectSquares(results, 20, [-1])
    expect(results.find(({ n }) => n === -1)?.attempts).toBe(3)
    expect(readRan().filter((n) => n === -1)).toHaveLength(3)
  })

  test('makes a job that always ends its worker, and one that throws, dead letters', async () => {
    const special = [
      { fault: 'exit', times: 99 },
      { fault: 'error', times: 99 },
    ]
    const results = await coordinate(createSpec({ special, attempts: 3 }))
    expectSquares(
      results.filter(({ status }) => status === 'done'),
      20,
    )
    expect(results.filter(({ status }) => status === 'failed')).toHaveLength(2)
    const letters = await readDeadLetters(join(folder, 'journal.jsonl'))
    expect(letters.sort((a, b) => a.attempts - b.attempts)).toMatchObject([
      { attempts: 1, job: { args: { n: -2 } }, error: { problem: expect.stringMatching(/not a face$/) } },
      { attempts: 3, job: { args: { n: -1 } }, error: { code: 'JOB_WORKER_LOST' } },
    ])
  })

  test('waits for a disk that is full', async () => {
    const results = await coordinate(createSpec({ special: [{ fault: 'fullDisk', times: 2 }] }))
    expectSquares(results, 20, [-1])
    expect(results.find(({ n }) => n === -1)?.attempts).toBe(3)
  })

  test('names a missing module, and goes on when it is there', async () => {
    const module = new URL(`file://${join(folder, 'later.mjs')}`).href
    const spec = createSpec({ module, count: 3, attempts: 2 })
    const failed = await coordinate(spec)
    expect(failed).toHaveLength(3)
    for (const { error } of failed) expect(error).toMatchObject({ code: 'JOB_MODULE', file: module })
    writeFileSync(join(folder, 'later.mjs'), `export { default } from '${MODULE}'`)
    expectSquares(await coordinate({ ...spec, executor: prepare() }), 3)
    expect(await readDeadLetters(join(folder, 'journal.jsonl'))).toEqual([])
  })

  test('a coordinator that was killed goes on', async () => {
    const spec = createSpec({ count: 60, args: { sleepMs: 20 } })
    const program = startProgram('coordinator.ts', spec)
    while (program.lines.length < 15) await sleep(5)
    program.child.kill('SIGKILL')
    await program.ended
    const saved = readJournal().length
    expect(saved).toBeGreaterThanOrEqual(parseResults(program).length)
    const results = await coordinate(spec)
    expectSquares(results, 60)
    expect(results.filter(({ isRepeated }) => isRepeated)).toHaveLength(saved)
    expect(new Set(readJournal().map(({ id }) => id)).size).toBe(60)
    expect(readJournal()).toHaveLength(60)
  })

  test('refuses a journal that another coordinator uses', async () => {
    writeFileSync(join(folder, 'hold'), '')
    const spec = createSpec({ count: 2 })
    const first = startProgram('coordinator.ts', spec)
    while (!existsSync(join(folder, 'journal.jsonl'))) await sleep(10)
    const second = startProgram('coordinator.ts', spec)
    expect(await second.ended).not.toBe(0)
    expect(second.getErrors()).toContain(`program ${first.child.pid}`)
    rmSync(join(folder, 'hold'))
    expect(await first.ended).toBe(0)
    expectSquares(parseResults(first), 2)
  })
})

function expectSquares(results: readonly PrintedResult[], count: number, others: readonly number[] = []): void {
  const expected = [...others, ...Array.from({ length: count }, (_, n) => n)].sort((a, b) => a - b)
  const values = [...results].sort((a, b) => a.n - b.n).map(({ n, value }) => ({ n, value }))
  // One call for all, since each call of `expect` takes long.
  expect(values).toEqual(expected.map((n) => ({ n, value: { n, square: n * n } })))
}

function readJournal(): { readonly id: string; readonly status: string }[] {
  return readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

/** Lists the numbers of the jobs in the order in which they began. */
function readRan(): number[] {
  return readFileSync(join(folder, 'ran.log'), 'utf8').trim().split('\n').map(Number)
}
