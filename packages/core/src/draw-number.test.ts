import { expect, test } from '@jest/globals'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { drawFraction, drawInteger } from './draw-number.ts'
import { createXoroshiro128Plus } from './xoroshiro128plus.ts'

const SEEDS = [1, 2, 3, 4]
const next = createXoroshiro128Plus(SEEDS)
const reference = xoroshiro128plusFromState(SEEDS)

test('draws the fractions of pure-rand', () => {
  for (let i = 0; i < 100; i++) expect(drawFraction(next)).toBe(uniformFloat64(reference))
})

test.each([1, 2, 3, 58, 3_000_000_000, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 40 + 5, 2 ** 53 - 1])(
  'draws the integers of pure-rand below %d',
  (count) => {
    for (let i = 0; i < 100; i++) expect(drawInteger(next, count)).toBe(uniformInt(reference, 0, count - 1))
  },
)
