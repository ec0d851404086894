import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createJob } from '@facekp/jobs'
import { bullmqExecutor, runWorker } from '@facekp/jobs-bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { Queue } from 'bullmq'
import { hasRedis } from '../support/redis.ts'
import { testIf } from '../support/require.ts'
import { type RedisServer, startRedis } from '../support/start-redis.ts'
import { JOB_MODULE, killPrograms, type Program, parseResults, startCommand, startProgram } from './coordinate.ts'
import type { Coordination } from './fixtures/coordinator.ts'

// What happens to a queue if its parts end, freeze, restart or do not fit together. contract.test.ts has the rest.

const testWithRedis = testIf(hasRedis, 'redis')
const MODULE = JOB_MODULE.href
/** So short that tests do not wait long for a worker that ended. */
const LOCK_MS = 1000

let server: RedisServer
let folder = ''
let queue = ''
let count = 0
beforeAll(async () => {
  if (hasRedis) server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-queue-'))
  queue = `queue-${count++}`
})
afterEach(async () => {
  await killPrograms()
  rmSync(folder, { recursive: true })
})

const startCoordinator = (spec: Partial<Coordination>): Program =>
  startProgram('coordinator.ts', {
    executor: { redis: server.url, queue },
    module: MODULE,
    folder,
    journal: join(folder, 'journal.jsonl'),
    count: 20,
    ...spec,
  })

const startWorker = (spec: object = {}): Program =>
  startProgram('worker.ts', { redis: server.url, queue, workers: 2, lockMs: LOCK_MS, ...spec })

/** Checks that a coordinator ended with one result for each plain job and the others. */
async function expectSquares(coordinator: Program, jobs: number, others: readonly number[] = []): Promise<void> {
  expect(`${await coordinator.ended} ${coordinator.getErrors()}`).toMatch(/^0 /)
  const results = parseResults(coordinator)
  const expected = [...others, ...Array.from({ length: jobs }, (_, n) => n)].sort((a, b) => a - b)
  expect(results.map(({ n }) => n).sort((a, b) => a - b)).toEqual(expected)
  for (const { n, value } of results) expect(value).toEqual({ n, square: n * n })
  expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8').trim().split('\n')).toHaveLength(expected.length)
}

const waitFor = async (isThere: () => boolean): Promise<void> => {
  while (!isThere()) await sleep(10)
}

testWithRedis('the job of a killed worker is done by another one', async () => {
  const coordinator = startCoordinator({ special: [{ fault: 'kill' }] })
  const first = startWorker({ workers: 1 })
  await first.ended
  startWorker()
  await expectSquares(coordinator, 20, [-1])
  expect(parseResults(coordinator).find(({ n }) => n === -1)?.attempts).toBe(2)
})

testWithRedis('the result of a worker that froze and woke up is not doubled', async () => {
  const coordinator = startCoordinator({ count: 40, args: { sleepMs: 50 }, special: [{ fault: 'stop' }] })
  const frozen = startWorker({ workers: 1 })
  await waitFor(() => existsSync(join(folder, 'ran.log')))
  startWorker({ workers: 1 })
  await waitFor(() => coordinator.lines.some((line) => line.includes('"n":-1,')))
  frozen.child.kill('SIGCONT')
  await expectSquares(coordinator, 40, [-1])
})

testWithRedis('Redis that crashes twice loses and doubles nothing', async () => {
  // The first job ends after the crashes, however long they take. A lock that Redis lost makes another thread attempt it too.
  startWorker({ workers: 4, lockMs: 30_000 })
  const coordinator = startCoordinator({ count: 60, args: { sleepMs: 20 }, special: [{ awaitFile: 'crashed' }] })
  for (const done of [10, 30]) {
    await waitFor(() => coordinator.lines.length >= done)
    await server.kill()
    await waitFor(() => coordinator.getErrors().includes('cannot reach Redis'))
    await server.restart()
  }
  writeFileSync(join(folder, 'crashed'), '')
  await expectSquares(coordinator, 60, [-1])
})

testWithRedis('clocks that differ by hours change nothing', async () => {
  startWorker({ workers: 1, skewMs: 7_200_000 })
  startWorker({ workers: 1, skewMs: -7_200_000 })
  await expectSquares(startCoordinator({ args: { sleepMs: 30 } }), 20)
})

testWithRedis('a worker that is asked to end gives its job back at once', async () => {
  writeFileSync(join(folder, 'hold'), '')
  const coordinator = startCoordinator({ count: 1 })
  const first = startWorker({ lockMs: 3_600_000 })
  await waitFor(() => existsSync(join(folder, 'ran.log')))
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  rmSync(join(folder, 'hold'))
  startWorker()
  await expectSquares(coordinator, 1)
  expect(parseResults(coordinator)[0]?.attempts).toBe(1)
})

testWithRedis('a worker whose onJob throws ends with that error, and gives its job back', async () => {
  const coordinator = startCoordinator({ count: 1 })
  const broken = startWorker({ hasBrokenOnJob: true })
  expect(await broken.ended).toBe(1)
  expect(broken.getErrors()).toContain('onJob is broken')
  startWorker()
  await expectSquares(coordinator, 1)
})

testWithRedis('facekp worker finds packages from its working folder', async () => {
  const packageFolder = join(folder, 'node_modules', 'my-package')
  mkdirSync(packageFolder, { recursive: true })
  writeFileSync(join(packageFolder, 'package.json'), '{ "type": "module", "exports": { "./square": "./square.js" } }')
  writeFileSync(join(packageFolder, 'square.js'), 'export default ({ n }) => ({ n, square: n * n })')
  const worker = startCommand(['worker', '--redis', server.url, '--queue', queue], folder)
  await expectSquares(startCoordinator({ module: 'my-package/square', count: 3 }), 3)
  expect(worker.getErrors()).toMatch(`doing the jobs of queue ${queue}; Ctrl-C ends\n`)
})

testWithRedis('a worker of another version leaves the jobs in the queue and ends', async () => {
  const jobs = new Queue(queue, { connection: { url: server.url } })
  const job = createJob({ module: MODULE, args: { folder, n: 3 } })
  await jobs.add('job', { version: '9.9.9', job }, { jobId: job.id })
  const worker = startWorker()
  expect(await worker.ended).toBe(1)
  expect(worker.getErrors()).toMatch(/JOBS_VERSION: .*received @facekp\/jobs-bullmq 9\.9\.9/)
  expect(await jobs.getWaitingCount()).toBe(1)
  await jobs.close()
})

testWithRedis('a coordinator says that the queue has no worker', async () => {
  const coordinator = startCoordinator({ count: 1 })
  await waitFor(() => coordinator.getErrors().includes('has no worker'))
  startWorker()
  await expectSquares(coordinator, 1)
})

testWithRedis('a Redis that refuses jobs for lack of memory is waited for', async () => {
  await server.limitMemory(1)
  const coordinator = startCoordinator({})
  await waitFor(() => coordinator.getErrors().includes('Redis refuses a job'))
  expect(coordinator.getErrors()).toMatch(/OOM.*maxmemory/)
  await server.limitMemory(0)
  startWorker()
  await expectSquares(coordinator, 20)
})

/** Errors of coordinator and worker at an address. */
async function getErrors(redis: string): Promise<{ readonly code: string; readonly message: string }[]> {
  const run = [() => bullmqExecutor({ redis }), () => runWorker({ redis, workers: 1 })]
  return Promise.all(run.map((start) => start().catch(({ code, message }) => ({ code, message }))) as never)
}

test('Redis that is not there is an error, and leaves no timer that would keep the program alive', async () => {
  const countTimers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const timers = countTimers()
  // Nothing listens on the port of tcpmux.
  for (const { code, message } of await getErrors('redis://127.0.0.1:1')) {
    expect(code).toBe('JOBS_REDIS')
    expect(message).toMatch(/cannot reach Redis: expected a running server.*ECONNREFUSED/)
  }
  expect(countTimers()).toBeLessThanOrEqual(timers)
})

testWithRedis('a wrong password and a missing one are errors, which do not print it', async () => {
  const locked = await startRedis({ password: 'right' })
  const { port } = new URL(locked.url)
  for (const login of [':wrong-one@', '']) {
    for (const { code, message } of await getErrors(`redis://${login}127.0.0.1:${port}`)) {
      expect(code).toBe('JOBS_REDIS')
      expect(message).toMatch(/Redis refuses the password/)
      expect(message).not.toContain('wrong-one')
    }
  }
  await locked.stop()
})

test('a Redis that is too old is an error', async () => {
  const info = '# Server\r\nredis_version:5.0.14\r\n'
  const sockets: Socket[] = []
  const old = createServer((socket) => {
    sockets.push(socket)
    socket.on('data', (data) => {
      for (const _ of `${data}`.matchAll(/\*\d+\r\n/g)) socket.write(`$${info.length}\r\n${info}\r\n`)
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
  const { port } = old.address() as AddressInfo
  for (const { code, message } of await getErrors(`redis://127.0.0.1:${port}`)) {
    expect(code).toBe('JOBS_REDIS')
    expect(message).toMatch(/Redis is too old: expected Redis 6\.2 or later, received version 5\.0\.14/)
  }
  old.close()
  for (const socket of sockets) socket.destroy()
})

test('invalid options are errors', async () => {
  const redis = 'redis://127.0.0.1'
  await expect(bullmqExecutor({ redis: 'http://x' })).rejects.toMatchObject({ code: 'JOBS_OPTION' })
  await expect(bullmqExecutor({ redis, maxOpen: 0 })).rejects.toMatchObject({ code: 'JOBS_OPTION' })
  await expect(runWorker({ redis, workers: 0 })).rejects.toMatchObject({ code: 'JOBS_OPTION' })
  await expect(runWorker({ redis, queue: 'a:b', workers: 1 })).rejects.toMatchObject({ code: 'JOBS_OPTION' })
})
