import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'

// Threads load TypeScript through the loader that the program was started with, so each case runs a program.
const PROGRAM = fileURLToPath(new URL('../../fixtures/pool-program.ts', import.meta.url))
const NODE = ['--import', 'tsx', '--conditions=@facekp/source']

interface JobResult {
  readonly hashes: string[]
  readonly maxReads: number[]
  readonly errors: string[]
  readonly after: string
  readonly closed: string
  readonly thrown?: string
}

async function runJob(job: object): Promise<JobResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [...NODE, PROGRAM, JSON.stringify(job)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) as string)
}

describe('augmentPool', () => {
  test('gives the same samples for any number of workers, and closes', async () => {
    const alone = await runJob({ workers: 0 })
    expect(new Set(alone.hashes).size).toBe(40)
    for (const workers of [1, 2, 3]) {
      const { hashes, errors, closed } = await runJob({ workers })
      expect(errors).toEqual([])
      expect(hashes).toEqual(alone.hashes)
      expect(closed).toBe('AUGMENT_CLOSED')
    }
  }, 120_000)

  test('limits the number of samples in progress', async () => {
    const { maxReads, errors } = await runJob({ workers: 1, prefetch: 3 })
    expect(errors).toEqual([])
    expect(Math.max(...maxReads)).toBe(3)
    expect(Math.max(...(await runJob({ workers: 1, prefetch: 40 })).maxReads)).toBeGreaterThan(20)
  }, 120_000)

  test('does not transfer pixels that belong to the dataset', async () => {
    const { hashes, errors } = await runJob({ workers: 1, unchanged: true, times: 3 })
    expect(errors).toEqual([])
    expect(hashes.slice(40, 80)).toEqual(hashes.slice(0, 40))
    expect(hashes.slice(80)).toEqual(hashes.slice(0, 40))
  }, 120_000)

  test.each([
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
  ])(
    'failure "%s" fails all calls with the name of the sample',
    async (kind, message) => {
      const { errors, after } = await runJob({ workers: 2, datasetOptions: { failure: { index: 17, kind } } })
      expect(errors).toEqual([expect.stringMatching(message)])
      expect(after).toBe(errors[0]?.split(':')[0])
    },
    60_000,
  )

  test.each([
    [{ workers: 2, dataset: 'nowhere.mjs' }, /^AUGMENT_DATASET: .*nowhere.mjs: cannot load the dataset module/],
    [
      { workers: 2, dataset: 'examples.ts' },
      /^AUGMENT_DATASET: .*examples.ts: .* creates no dataset: .*received no default export/,
    ],
    [{ workers: 1.5 }, /^AUGMENT_OPTIONS: .*augmentPool/],
    [{ workers: 1, prefetch: -1 }, /^AUGMENT_OPTIONS: .*augmentPool/],
  ])(
    'rejects %j',
    async (job, message) => {
      expect((await runJob(job)).thrown).toMatch(message)
    },
    60_000,
  )
})
