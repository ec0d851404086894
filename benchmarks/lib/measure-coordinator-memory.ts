import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJob, type Job, type JobExecutor, runJobs } from '@facekp/jobs'

// Prints the memory in MB of a coordinator that lists as many images as its first argument says, with as many jobs at once as its second
// says, which cost nothing: the largest resident one, and what is in use after the last result. Needs --expose-gc.
const CHUNK = 64
const [count, capacity] = process.argv.slice(2).map(Number) as [number, number]

async function* listJobs(): AsyncGenerator<Job> {
  for (let from = 0; from < count; from += CHUNK) {
    const length = Math.min(CHUNK, count - from)
    const images = Array.from({ length }, (_, i) => `/data/photographs/of/people/${from + i}.jpg`)
    yield createJob({ module: 'facekp/predict', args: { images } })
  }
}

const executor: JobExecutor = {
  capacity,
  run: async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return { status: 'done', value: { path: '/data/points/0123456789abcdef.jsonl' } }
  },
  close: async () => undefined,
}
const folder = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const expected = Math.ceil(count / CHUNK)
let jobs = 0
let usedMegabytes = 0
for await (const { status } of runJobs(listJobs(), { executor, journal: join(folder, 'jobs.jsonl') })) {
  if (status === 'done') jobs++
  if (jobs === expected) usedMegabytes = measureUsed()
}
rmSync(folder, { recursive: true })
console.log(JSON.stringify({ jobs, megabytes: readLargestResident(), usedMegabytes }))

function measureUsed(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Reads the largest resident memory from Linux: that of resourceUsage() begins with that of the program that started this one. */
function readLargestResident(): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
