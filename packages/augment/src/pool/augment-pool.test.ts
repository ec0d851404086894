import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'

// Threads load TypeScript through the loader that the program was started with, so each case is a program of its own.
const PROGRAM = fileURLToPath(new URL('../../fixtures/pool-program.ts', import.meta.url))
const NODE = ['--import', 'tsx', '--conditions=@facekp/source']

interface Told {
  readonly hashes: string[]
  readonly atATime: number[]
  readonly errors: string[]
  readonly after: string
  readonly closed: string
  readonly thrown?: string
}

async function told(job: object): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [...NODE, PROGRAM, JSON.stringify(job)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) as string)
}

describe('augmentPool', () => {
  test('gives the same for any number of workers as without one, and ends', async () => {
    const alone = await told({ workers: 0 })
    expect(new Set(alone.hashes).size).toBe(40)
    for (const workers of [1, 2, 3]) {
      const { hashes, errors, closed } = await told({ workers })
      expect(errors).toEqual([])
      expect(hashes).toEqual(alone.hashes)
      expect(closed).toBe('AUGMENT_CLOSED')
    }
  }, 120_000)

  test('has no more samples under way than it may, and whoever asks for more waits', async () => {
    const { atATime, errors } = await told({ workers: 1, prefetch: 3 })
    expect(errors).toEqual([])
    expect(Math.max(...atATime)).toBe(3)
    expect(Math.max(...(await told({ workers: 1, prefetch: 40 })).atATime)).toBeGreaterThan(20)
  }, 120_000)

  test('does not take from a data set the pixels that are its own', async () => {
    const { hashes, errors } = await told({ workers: 1, still: true, times: 3 })
    expect(errors).toEqual([])
    expect(hashes.slice(40, 80)).toEqual(hashes.slice(0, 40))
    expect(hashes.slice(80)).toEqual(hashes.slice(0, 40))
  }, 120_000)

  test.each([
    ['read', /^AUGMENT_WORKER: sample number 17: the disk is full of holes$/],
    ['change', /^FACE_TORN: face-17.jpg: sample face-17 \(number 17\): the picture is torn$/],
    [
      'exit at once',
      /^AUGMENT_WORKER: sample number 17: the thread ended while it read it: received worker exited with code: 9$/,
    ],
    [
      'exit while read',
      /^AUGMENT_WORKER: sample number 17: the thread ended while it read it: received worker exited with code: 9$/,
    ],
    ['exit while changed', /^AUGMENT_WORKER: sample face-17 \(number 17\): the thread ended while it changed it/],
  ])(
    'trouble of kind "%s" fails all with the sample that it was',
    async (kind, message) => {
      const { errors, after } = await told({ workers: 2, datasetOptions: { trouble: { index: 17, kind } } })
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
    '%j is an error',
    async (job, message) => {
      expect((await told(job)).thrown).toMatch(message)
    },
    60_000,
  )
})
