import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { runTypeScript } from '../../../../tests/support/typescript-program.ts'

// Threads load TypeScript through the loader that the program was started with, so one program runs all jobs. That it ends shows
// that no pool keeps it alive.
const PROGRAM = runTypeScript(
  new URL('../../fixtures/pool-program.ts', import.meta.url),
  new URL('../../fixtures/examples.ts', import.meta.url),
)

interface JobResult {
  readonly hashes: string[]
  readonly maxReads: number[]
  readonly errors: string[]
  readonly after: string
  readonly closed: string
  /** How many threads were started. */
  readonly threads: number
  readonly thrown?: string
}

const failure = (kind: string, workers: number): object => ({
  workers,
  datasetOptions: { failure: { index: 17, kind } },
})

const JOBS = {
  'main thread': { workers: 0 },
  '1 worker': { workers: 1, datasetOptions: { overlap: 40 } },
  '2 workers': { workers: 2 },
  'prefetch 3': { workers: 1, prefetch: 3, datasetOptions: { overlap: 3 } },
  unchanged: { workers: 1, unchanged: true, times: 3 },
  read: failure('read', 2),
  augment: failure('augment', 1),
  'exit before read': failure('exit before read', 1),
  'exit after read': failure('exit after read', 1),
  'exit while augmenting': failure('exit while augmenting', 1),
  // The only slot is that of a sample that never settles; the others wait for it.
  aborted: { ...failure('never settles', 1), prefetch: 1, abortMs: 1500 },
  'missing dataset': { workers: 1, dataset: 'nowhere.mjs' },
  'module without a dataset': { workers: 1, dataset: 'examples.ts' },
  'half a worker': { workers: 1.5 },
  'negative prefetch': { workers: 1, prefetch: -1 },
  'misspelled prefetch': { workers: 1, otherOptions: { prefech: 3 } },
} as const

type JobName = keyof typeof JOBS

let results: Readonly<Record<JobName, JobResult>>
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...PROGRAM, JSON.stringify(Object.values(JOBS))], {
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 24,
  })
  const output = JSON.parse(stdout.trim().split('\n').at(-1) as string) as JobResult[]
  results = Object.fromEntries(Object.keys(JOBS).map((name, i) => [name, output[i]])) as typeof results
})

describe('augmentPool', () => {
  test.each<JobName>(['1 worker', '2 workers'])('gives the samples of the main thread with %s, and closes', (name) => {
    const { hashes, errors, closed } = results[name]
    expect(new Set(hashes).size).toBe(40)
    expect(errors).toEqual([])
    expect(hashes).toEqual(results['main thread'].hashes)
    expect(closed).toBe('AUGMENT_CLOSED')
  })

  test('starts as many threads as asked for, and no others when it is closed or fails', () => {
    const { '1 worker': single, '2 workers': pair, read } = results
    expect([single.threads, pair.threads, read.threads]).toEqual([1, 2, 2])
  })

  test('limits the number of samples in progress', () => {
    const { maxReads, errors } = results['prefetch 3']
    expect(errors).toEqual([])
    expect(Math.max(...maxReads)).toBe(3)
    // The default is 64, more than there are samples.
    expect(Math.max(...results['1 worker'].maxReads)).toBe(40)
  })

  test('does not transfer pixels that belong to the dataset', () => {
    const { hashes, errors } = results.unchanged
    expect(errors).toEqual([])
    expect(hashes).toHaveLength(120)
    expect(hashes.slice(40, 80)).toEqual(hashes.slice(0, 40))
    expect(hashes.slice(80)).toEqual(hashes.slice(0, 40))
  })

  test('an abort ends the loads, also those behind one that never settles', () => {
    const { hashes, errors, closed } = results.aborted
    expect(hashes.length).toBeLessThanOrEqual(17)
    expect(errors).toEqual([expect.stringMatching(/timeout/)])
    expect(closed).toBe('AUGMENT_CLOSED')
  })

  test.each<[JobName, RegExp]>([
    ['read', /^AUGMENT_WORKER: sample number 17: unreadable disk$/],
    ['augment', /^FACE_TRUNCATED: face-17.jpg: sample face-17 \(number 17\): truncated image$/],
    [
      'exit before read',
      /^AUGMENT_WORKER: sample number 17: worker ended while reading: received worker exited with code: 9$/,
    ],
    [
      'exit after read',
      /^AUGMENT_WORKER: sample number 17: worker ended while reading: received worker exited with code: 9$/,
    ],
    ['exit while augmenting', /^AUGMENT_WORKER: sample face-17 \(number 17\): worker ended while augmenting/],
  ])('failure "%s" fails all calls with the name of the sample', (name, message) => {
    const { errors, after } = results[name]
    expect(errors).toEqual([expect.stringMatching(message)])
    expect(after).toBe(errors[0]?.split(':')[0])
  })

  test.each<[JobName, RegExp]>([
    ['missing dataset', /^AUGMENT_DATASET: .*nowhere.mjs: cannot load the dataset module/],
    [
      'module without a dataset',
      /^AUGMENT_DATASET: .*examples.ts: .* creates no dataset: .*received no default export/,
    ],
    ['half a worker', /^AUGMENT_OPTIONS: .*augmentPool/],
    ['negative prefetch', /^AUGMENT_OPTIONS: .*augmentPool/],
    ['misspelled prefetch', /^AUGMENT_OPTIONS: option prefech of augmentPool/],
  ])('rejects a %s', (name, message) => {
    expect(results[name].thrown).toMatch(message)
  })
})
