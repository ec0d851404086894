/**
 * Measures jobs: images a second with 1, 2 and 4 threads and over a queue on this machine, what a job costs, the memory of a coordinator, and
 * results that are lost or doubled when workers and Redis are killed. Writes jobs.json and jobs.md.
 *
 * Usage: pnpm bench:jobs [--images 256] [--jobs 2000] [--kills 0] [--restarts 0] [--out DIR], on the built packages; needs redis-server
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import { createJob, type Job, type JobExecutor, localExecutor, runJobs } from '@facekp/jobs'
import { bullmqExecutor } from '@facekp/jobs-bullmq'
import { runStorm } from '../tests/jobs/storm.ts'
import { startRedis } from '../tests/support/start-redis.ts'
import { type CoordinatorMemory, createJobsPage } from './lib/jobs-page.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { writeResults } from './lib/results.ts'

const CHUNK = 64
/** Images of a job that only makes a thread load the landmarker. */
const WARM_UP_CHUNK = 4
/** Images that exist; jobs name them over and over. */
const FILES = 64
const PREDICT = new URL('lib/predict-job.mjs', import.meta.url).href
const EMPTY = new URL('lib/empty-job.mjs', import.meta.url).href
const MEMORY_COUNTS = [1000, 100_000, 1_000_000]
/** Jobs that are open at once: of a process with 4 threads, and of a queue. */
const OPEN_COUNTS = [16, 128]

const { images, jobs, kills, restarts, out } = parseOptions({
  images: countOption.default(256),
  jobs: countOption.default(2000),
  kills: countOption.default(0),
  restarts: countOption.default(0),
  out: outOption,
})

const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const files = await writeFaces()
const local = []
for (const workers of [1, 2, 4]) {
  const executor = localExecutor({ workers })
  local.push({ workers, ...(await measure(executor, workers)) })
  await executor.close()
}
const queue = await measureQueue()
const memory = OPEN_COUNTS.flatMap((open) =>
  MEMORY_COUNTS.map((count) => ({ open, images: count, ...measureMemory(count, open) })),
)
const storm = kills > 0 ? await runStorm({ kills, restarts }) : undefined
rmSync(scratch, { recursive: true })

const results = { chunk: CHUNK, images, jobs, local, queue, memory, storm }
writeResults(out, 'jobs', results, createJobsPage(results))
process.exit(0)

async function writeFaces(): Promise<string[]> {
  const faces = syntheticFaces({ seed: 1, count: FILES, scheme: IBUG_68 })
  const paths = []
  for (let index = 0; index < FILES; index++) {
    const path = join(scratch, `${index}.jpg`)
    await writeImage(path, (await faces.get(index)).image)
    paths.push(path)
  }
  return paths
}

/** Lists jobs of one chunk of images each. `run` makes their ids differ. */
function listJobs(module: string, count: number, run: string, chunk = CHUNK): Job[] {
  const images = Array.from({ length: chunk }, (_, i) => files[i % FILES] as string)
  return Array.from({ length: count }, (_, number) => createJob({ module, args: { images, run, number } }))
}

interface Speed {
  readonly imagesPerSecond: number
  /** Milliseconds that a job costs besides its work, at a chunk of paths. */
  readonly overheadMs: number
}

/** Measures an executor after each of its threads has loaded the landmarker. */
async function measure(executor: JobExecutor, workers: number): Promise<Speed> {
  await warmUp(executor, workers)
  const predicting = listJobs(PREDICT, Math.ceil(images / CHUNK), 'measured')
  const predictSeconds = await time(executor, predicting)
  const emptySeconds = await time(executor, listJobs(EMPTY, jobs, 'empty'))
  return {
    imagesPerSecond: (predicting.length * CHUNK) / predictSeconds,
    overheadMs: (1000 * emptySeconds) / jobs,
  }
}

/** Repeats short jobs until each thread has loaded the landmarker: while one starts, others may take its jobs. */
async function warmUp(executor: JobExecutor, workers: number): Promise<void> {
  const threads = new Set<unknown>()
  for (let round = 1; threads.size < workers; round++) {
    for await (const value of runAll(executor, listJobs(PREDICT, 2 * workers, `warm-up ${round}`, WARM_UP_CHUNK))) {
      threads.add((value as { readonly threadId: number }).threadId)
    }
  }
}

async function time(executor: JobExecutor, list: readonly Job[]): Promise<number> {
  const start = performance.now()
  for await (const _ of runAll(executor, list));
  return (performance.now() - start) / 1000
}

/** Yields the values of jobs; throws if one fails. */
async function* runAll(executor: JobExecutor, list: readonly Job[]): AsyncGenerator<unknown, void> {
  for await (const result of runJobs(list, { executor })) {
    if (result.status === 'failed') throw new Error(result.error.problem)
    yield result.value
  }
}

/** Measures a queue with Redis and one worker of one thread on this machine. */
async function measureQueue(): Promise<Speed> {
  const server = await startRedis()
  const program = fileURLToPath(new URL('lib/queue-worker.ts', import.meta.url))
  const worker = spawn(process.execPath, ['--import', 'tsx', program, server.url, '1'], { stdio: 'inherit' })
  const executor = await bullmqExecutor({ redis: server.url })
  const speed = await measure(executor, 1)
  await executor.close()
  const ended = new Promise((resolve) => worker.once('close', resolve))
  worker.kill('SIGTERM')
  await ended
  await server.stop()
  return speed
}

function measureMemory(count: number, capacity: number): CoordinatorMemory {
  const program = fileURLToPath(new URL('lib/measure-coordinator-memory.ts', import.meta.url))
  const args = ['--expose-gc', '--import', 'tsx', program, `${count}`, `${capacity}`]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}
