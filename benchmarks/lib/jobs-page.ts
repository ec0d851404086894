import type { StormResult } from '../../tests/jobs/storm.ts'
import { machineSentence, markdownTable } from './results.ts'

/** Memory of a coordinator in MB. */
export interface CoordinatorMemory {
  readonly jobs: number
  /** Largest resident memory. */
  readonly megabytes: number
  /** What is in use after the last result, without garbage. */
  readonly usedMegabytes: number
}

/** Results of `pnpm bench:jobs`. */
export interface JobsResults {
  /** Images of a job. */
  readonly chunk: number
  readonly images: number
  readonly jobs: number
  readonly local: readonly { readonly workers: number; readonly imagesPerSecond: number; readonly overheadMs: number }[]
  readonly queue: { readonly imagesPerSecond: number; readonly overheadMs: number }
  /** For numbers of images, and of jobs that are open at once. */
  readonly memory: readonly (CoordinatorMemory & { readonly images: number; readonly open: number })[]
  readonly storm?: StormResult | undefined
}

const TOTAL = 100_000_000
const MACHINES = [1, 10, 100, 1000]
const SECONDS_PER_HOUR = 3600

/** Creates the page of the results, and reckons from them what very many images take. */
export function createJobsPage(results: JobsResults): string[] {
  const { chunk, images, jobs, local, queue, memory, storm } = results
  const rows = [
    ...local.map(({ workers, ...speed }) => [`${workers} threads of one process`, ...formatSpeed(speed)]),
    ['a queue, one worker of one thread', ...formatSpeed(queue)],
  ]
  return [
    '# Jobs',
    '',
    `Measured by \`pnpm bench:jobs\`: ${images} synthetic faces with the ready landmarker mesh-468 on backend wasm, ${chunk} images a job; and`,
    `${jobs} jobs that do nothing, for what a job costs. Coordinator, Redis and worker share the machine.`,
    machineSentence(),
    '',
    ...markdownTable(['executor', 'images a second', 'cost of a job in ms'], rows),
    '',
    ...markdownTable(
      ['open at once', 'images listed', 'jobs', 'memory of the coordinator in MB', 'of it in use at the end'],
      memory.map(({ open, images, jobs, megabytes, usedMegabytes }) => [
        `${open}`,
        `${images}`,
        `${jobs}`,
        megabytes.toFixed(0),
        usedMegabytes.toFixed(1),
      ]),
    ),
    '',
    'A process with 4 threads has 16 jobs open at once, a queue 128 (`maxOpen`); 1000 images are 16 jobs. What is not in use is garbage that',
    'Node collects later; `--max-semi-space-size=1` makes it less.',
    '',
    ...formatStorm(storm),
    ...createPlan(results),
  ]
}

function formatSpeed({ imagesPerSecond, overheadMs }: JobsResults['queue']): string[] {
  return [imagesPerSecond.toFixed(1), overheadMs.toFixed(2)]
}

function formatStorm(storm: StormResult | undefined): string[] {
  if (!storm) return ['Killed workers: not measured in this run (`--kills 200 --restarts 20`).', '']
  const { kills, restarts, jobs, lost, doubled, failed } = storm
  const counts = `${lost} results lost, ${doubled} doubled, ${failed} jobs failed`
  return [`${kills} workers killed and ${restarts} crashes of Redis during ${jobs} jobs: ${counts}.`, '']
}

/** Reckons the time for very many images, and which part of the system limits it. */
function createPlan({ chunk, local, queue, memory }: JobsResults): string[] {
  const imagesPerSecond = local[0]?.imagesPerSecond as number
  const jobsPerSecond = 1000 / queue.overheadMs
  const limit = Math.floor((jobsPerSecond * chunk) / imagesPerSecond)
  const small = memory[0]
  const large = memory.find(({ open, images }) => open === small?.open && images > 100_000)
  const grown = small && large ? large.usedMegabytes - small.usedMegabytes : 0
  const bytesPerJob = small && large ? (grown * 2 ** 20) / (large.jobs - small.jobs) : 0
  const rows = MACHINES.map((machines) => {
    const hours = TOTAL / (imagesPerSecond * machines) / SECONDS_PER_HOUR
    const rate = (imagesPerSecond * machines) / chunk
    return [`${machines}`, hours.toFixed(1), rate.toFixed(1), `${((100 * rate) / jobsPerSecond).toFixed(1)} %`]
  })
  return [
    '## 100 million images',
    '',
    'Reckoned from these figures, for threads as fast as the one measured and a storage that keeps up:',
    '',
    ...markdownTable(['threads in all', 'hours', 'jobs a second', 'load of one queue'], rows),
    '',
    `- One queue hands out at most ${jobsPerSecond.toFixed(0)} jobs a second here, where Redis, coordinator and worker share the cores. At ${chunk} images a job it is busy with ${limit} threads; beyond that, put more images`,
    '  into a job (ten times the images is a tenth of the jobs), or split the list over several queues. Shards (`facekp predict --shard`) have no such limit.',
    `- The coordinator keeps 12 bytes of the id of each job in a table, and grew by ${bytesPerJob.toFixed(0)} bytes a job: ${((TOTAL / chunk) * bytesPerJob * 2 ** -20).toFixed(0)} MB for 100 million images at ${chunk} a job. Larger jobs need less.`,
    `- Storage: images of 200 kB are ${((imagesPerSecond * 0.2 * 100) / 1).toFixed(0)} MB a second for 100 threads. A network disk often ends there first: keep the images in tar archives on an object storage, or copy each machine's shard to`,
    '  its own disk.',
    '',
  ]
}
