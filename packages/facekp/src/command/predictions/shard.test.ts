import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Environment, isInShard, parseShard } from './shard.ts'

test('the shards are a partition: each id is in exactly one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (id, count) => {
      const shards = Array.from({ length: count }, (_, index) => ({ index, count }))
      expect(shards.filter((shard) => isInShard(id, shard))).toHaveLength(1)
    }),
  )
})

test('shards have similar sizes', () => {
  const sizes = [0, 0, 0, 0]
  for (let i = 0; i < 10_000; i++) {
    const index = sizes.findIndex((_, shard) => isInShard(`photos/${i}.jpg`, { index: shard, count: 4 }))
    sizes[index] = (sizes[index] as number) + 1
  }
  // 5 standard deviations of a binomial distribution.
  for (const size of sizes) expect(Math.abs(size - 2500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75))
})

// int.from_bytes(hashlib.sha256(id.encode()).digest()[:6], 'big') % count of Python.
test.each([
  ['photos/a.jpg', 1, 2],
  ['photos/a.jpg', 0, 7],
  ['photos/a.jpg', 209, 1000],
  ['photos/é.jpg', 1, 2],
  ['photos/é.jpg', 0, 7],
  ['photos/é.jpg', 309, 1000],
  ['faces.tar/1.png', 0, 2],
  ['faces.tar/1.png', 5, 7],
  ['faces.tar/1.png', 696, 1000],
] as const)('%s is in shard %i of %i, as in Python', (id, index, count) => {
  expect(isInShard(id, { index, count })).toBe(true)
})

const SLURM = {
  SLURM_ARRAY_TASK_ID: '7',
  SLURM_ARRAY_TASK_COUNT: '4',
  SLURM_ARRAY_TASK_MIN: '1',
  SLURM_ARRAY_TASK_STEP: '2',
}

describe('parseShard', () => {
  test.each<[string, Environment, number, number]>([
    ['1/1', {}, 0, 1],
    ['3/8', {}, 2, 8],
    ['8/8', {}, 7, 8],
    ['auto', SLURM, 3, 4],
    ['auto/4', SLURM, 3, 4],
    ['auto', { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '3' }, 2, 3],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, 0, 10],
    ['auto/5', { JOB_COMPLETION_INDEX: '4' }, 4, 5],
    ['auto', { JOB_COMPLETION_INDEX: '4', JOB_COMPLETIONS: '6' }, 4, 6],
  ])('%s with %j is %i of %i', (text, environment, index, count) => {
    expect(parseShard(text, environment)).toEqual({ index, count })
  })

  test.each<[string, Environment, string]>([
    ['0/8', {}, 'OPTION_INVALID'],
    ['9/8', {}, 'OPTION_INVALID'],
    ['1/0', {}, 'OPTION_INVALID'],
    ['1', {}, 'OPTION_INVALID'],
    ['1/2/x', {}, 'OPTION_INVALID'],
    ['-1/2', {}, 'OPTION_INVALID'],
    ['1.5/2', {}, 'OPTION_INVALID'],
    ['auto/x', {}, 'OPTION_INVALID'],
    ['auto/4', { JOB_COMPLETION_INDEX: '4' }, 'OPTION_INVALID'],
    ['auto', {}, 'SHARD_UNKNOWN'],
    ['auto', { JOB_COMPLETION_INDEX: '4' }, 'SHARD_UNKNOWN'],
    ['auto', { JOB_COMPLETION_INDEX: 'x', JOB_COMPLETIONS: '6' }, 'SHARD_UNKNOWN'],
    // Task 3 alone, started again: the count is 1.
    ['auto/8', { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '1', SLURM_ARRAY_TASK_MIN: '3' }, 'SHARD_UNKNOWN'],
    // --array=1,5,9
    ['auto', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1' }, 'SHARD_UNKNOWN'],
  ])('%s with %j is an error', (text, environment, code) => {
    expect(() => parseShard(text, environment)).toThrow(expect.objectContaining({ code }))
  })
})
