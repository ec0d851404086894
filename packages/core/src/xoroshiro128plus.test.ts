import { expect, test } from '@jest/globals'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { createXoroshiro128Plus } from './xoroshiro128plus.ts'

test('generates the bits of pure-rand', () => {
  for (const seeds of [
    [1, 2, 3, 4],
    [-1, 0x7fffffff, 0, -0x80000000],
  ]) {
    const next = createXoroshiro128Plus(seeds)
    const reference = xoroshiro128plusFromState(seeds)
    for (let i = 0; i < 1000; i++) expect(next()).toBe(reference.next())
  }
})
