import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import { Queue } from 'bullmq'
import { writeDrawnFaces } from '../../packages/facekp/fixtures/drawn-faces.ts'
import { holdModel } from '../support/hold-model.ts'
import { hasRedis } from '../support/redis.ts'
import { testIf } from '../support/require.ts'
import { type RedisServer, startRedis } from '../support/start-redis.ts'
import { runTypeScript } from '../support/typescript-program.ts'
import { killPrograms, startProgram } from './coordinate.ts'

const BIN = new URL('../../packages/facekp/src/bin.ts', import.meta.url)
const TRAINING_JOB = new URL('../../packages/facekp/src/command/training-job.ts', import.meta.url)
const TINY = ['arch=heatmapNet16', 'size=32', 'cachedCrop.size=40', 'epochs=2', 'batchSize=4', 'tta.views=1']

let folder = ''
let server: RedisServer | undefined
beforeAll(async () => {
  if (hasRedis) server = await startRedis()
  folder = mkdtempSync(join(tmpdir(), 'facekp-queue-sweep-'))
})
afterEach(killPrograms)
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true })
})

testIf(hasRedis, 'redis')('a sweep over a queue ends, though one of two workers is killed in a training', async () => {
  const { url } = server as RedisServer
  const data = join(folder, 'faces.json')
  const out = join(folder, 'sweep')
  await writeDrawnFaces(data, { seed: 1, count: 10 })
  const startWorker = () =>
    startProgram('worker.ts', { redis: url, workers: 1, lockMs: 3000, resolveFrom: import.meta.url }, [TRAINING_JOB])
  const flags = ['--executor', 'bullmq', '--redis', url, '--backend', 'wasm', '--json', '--out', out]
  const args = ['sweep', data, ...flags, '--param', 'lr=1e-4..1e-2:log', '--trials', '2', '--override', ...TINY]
  const releaseModel = await holdModel(join(out, 'trial-000-seed-0', 'model'))
  const killed = startWorker()
  const sweep = promisify(execFile)(process.execPath, [...runTypeScript(BIN), ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 26,
  })
  while (!existsSync(join(out, 'trial-000-seed-0', '.run.lock'))) await sleep(10)
  // All trials are in the queue, whatever the number of workers.
  const queue = new Queue('facekp', { connection: { url } })
  expect(await queue.getWaitingCount()).toBe(1)
  await queue.close()
  killed.child.kill('SIGKILL')
  await killed.ended
  releaseModel()
  startWorker()

  const { trials } = JSON.parse((await sweep).stdout)
  expect(trials.map(({ epochs }: { readonly epochs: number }) => epochs)).toEqual([2, 2])
  const results = readFileSync(join(out, 'sweep.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(results.map(({ status }) => status)).toEqual(['done', 'done'])
  expect(Math.max(...results.map(({ attempts }) => attempts))).toBeGreaterThan(1)
})
