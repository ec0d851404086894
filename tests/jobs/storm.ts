import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../support/start-redis.ts'
import { JOB_MODULE, type Program, parseResults, startProgram } from './coordinate.ts'

/** How often what is killed while jobs run. */
export interface Storm {
  /** Workers that are killed. */
  readonly kills: number
  /** Crashes of Redis. */
  readonly restarts: number
}

/** What was killed, and what became of the results. */
export interface StormResult extends Storm {
  readonly jobs: number
  readonly lost: number
  readonly doubled: number
  readonly failed: number
}

const WORKERS = 3
const JOBS_PER_KILL = 30

/** Runs jobs while workers and Redis are killed, one after the other, and counts the results. */
export async function runStorm({ kills, restarts }: Storm): Promise<StormResult> {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-storm-'))
  const server = await startRedis()
  const executor = { redis: server.url, queue: 'storm' }
  const jobs = kills * JOBS_PER_KILL
  const journal = join(folder, 'journal.jsonl')
  const args = { sleepMs: 100, log: false }
  const coordinator = startProgram('coordinator.ts', {
    executor,
    module: JOB_MODULE.href,
    folder,
    journal,
    count: jobs,
    attempts: 100,
    args,
  })
  let isEnded = false
  void coordinator.ended.then(() => {
    isEnded = true
  })
  const startWorker = (): Program => startProgram('worker.ts', { ...executor, workers: 2, lockMs: 1000 })
  const workers = Array.from({ length: WORKERS }, startWorker)
  const killed = { kills: 0, restarts: 0 }
  const isWorking = (worker: Program): boolean => worker.lines.length > 0
  while (killed.kills < kills && !isEnded) {
    const index = workers.findIndex(isWorking)
    if (index < 0) {
      await sleep(20)
      continue
    }
    const [worker] = workers.splice(index, 1, startWorker())
    worker?.child.kill('SIGKILL')
    killed.kills++
    if (killed.kills * restarts >= (killed.restarts + 1) * kills) {
      await server.kill()
      await server.restart()
      killed.restarts++
    }
  }
  await coordinator.ended
  for (const { child } of workers) child.kill('SIGKILL')
  const results = parseResults(coordinator)
  const numbers = new Set(results.map(({ n }) => n))
  const lines = readFileSync(journal, 'utf8').trim().split('\n')
  await server.stop()
  rmSync(folder, { recursive: true })
  return {
    ...killed,
    jobs,
    lost: jobs - numbers.size,
    doubled: Math.max(results.length, lines.length) - numbers.size,
    failed: results.filter(({ status }) => status === 'failed').length,
  }
}
