import { expect, test } from '@jest/globals'
import { formatProgress, type ProgressState } from './text.ts'

const state: ProgressState = { from: 0, done: 65, total: 260, unit: 'images', seconds: 5, ended: false }

test.each<[Partial<ProgressState>, string]>([
  [{}, '25 %  65/260 images  13 images/s  0:15 left'],
  // Nothing done yet: no rate, and nothing to say of what remains.
  [{ done: 0 }, '0 %  0/260 images'],
  [{ seconds: 0 }, '25 %  65/260 images'],
  // 55 in 5 s, 11 a second: 195 remain.
  [{ from: 10 }, '25 %  65/260 images  11 images/s  0:18 left'],
  [{ from: 65 }, '25 %  65/260 images'],
  [{ total: undefined }, '65 images  13 images/s'],
  [{ done: 260, ended: true, seconds: 75 }, '100 %  260/260 images  3.47 images/s  in 1:15'],
  [{ ended: true }, '25 %  65/260 images  13 images/s  in 0:05'],
  [{ done: 1, total: 3601, seconds: 1, unit: 'steps' }, '0 %  1/3601 steps  1 steps/s  1:00:00 left'],
  [{ done: 2599, total: 2600, seconds: 10 }, '99 %  2599/2600 images  260 images/s  0:00 left'],
  [{ done: 0, total: 0 }, '100 %  0/0 images'],
  [{ unit: 'bytes', done: 1.5e6, total: 6e6, seconds: 2 }, '25 %  1.5/6.0 MB  0.75 MB/s  0:06 left'],
  [{ unit: 'bytes', done: 1.5e6, total: undefined, seconds: 2 }, '1.5 MB  0.75 MB/s'],
])('%j', (changed, expected) => {
  expect(formatProgress({ ...state, ...changed })).toBe(expected)
})
