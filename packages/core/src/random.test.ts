import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomStream, shuffleIndices } from './random.ts'

const numbers = (key: Parameters<typeof randomStream>[0], count = 5): number[] => {
  const random = randomStream(key)
  return Array.from({ length: count }, () => random.uniform())
}

describe('randomStream', () => {
  test('the same key gives the same numbers', () => {
    expect(numbers({ seed: 1, purpose: 'a' })).toEqual(numbers({ seed: 1, purpose: 'a' }))
  })

  test('each part of the key changes the stream', () => {
    const streams = [
      { seed: 1, purpose: 'a' },
      { seed: 2, purpose: 'a' },
      { seed: 1, purpose: 'b' },
      { seed: 1, purpose: 'a', epoch: 1 },
      { seed: 1, purpose: 'a', index: 1 },
      { seed: 1, purpose: 'a', epoch: 1, index: 1 },
      { seed: 1, purpose: 'a', epoch: 11 },
    ].map((key) => numbers(key)[0])
    expect(new Set(streams).size).toBe(streams.length)
  })

  test('the first numbers of 4000 neighboring keys are uniform and uncorrelated', () => {
    const first = Array.from(
      { length: 4000 },
      (_, index) => numbers({ seed: 1, purpose: 'augment', index }, 1)[0] as number,
    )
    const counts = new Array<number>(20).fill(0)
    for (const value of first) counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] as number) + 1
    // Chi-squared with 19 degrees of freedom: 43.8 is exceeded by chance once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(43.8)
    const pairs = first.slice(1).map((value, i) => (value - 0.5) * ((first[i] as number) - 0.5))
    expect(Math.abs(pairs.reduce((sum, value) => sum + value) / pairs.length) * 12).toBeLessThan(0.06)
  })

  test('uniform, integer and chance stay in their ranges', () => {
    const random = randomStream({ seed: 3, purpose: 'ranges' })
    const drawn = new Set<number>()
    for (let i = 0; i < 500; i++) {
      const value = random.uniform(-2, 3)
      expect(value >= -2 && value < 3).toBe(true)
      drawn.add(random.integer(4, 7))
    }
    expect([...drawn].sort()).toEqual([4, 5, 6, 7])
    expect(random.chance(0)).toBe(false)
    expect(random.chance(1)).toBe(true)
  })

  test('normal has the requested mean and standard deviation', () => {
    const random = randomStream({ seed: 4, purpose: 'normal' })
    const values = Array.from({ length: 20_000 }, () => random.normal(5, 2))
    const mean = values.reduce((sum, value) => sum + value) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    expect(mean).toBeCloseTo(5, 1)
    expect(deviation).toBeCloseTo(2, 1)
    // 68.3 % lie within one deviation.
    expect(values.filter((value) => Math.abs(value - 5) < 2).length / values.length).toBeCloseTo(0.683, 1)
  })

  test('pick returns every value, and throws for an empty list', () => {
    const random = randomStream({ seed: 5, purpose: 'pick' })
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
    expect(() => random.pick([])).toThrow(expect.objectContaining({ code: 'RANDOM_EMPTY' }))
  })
})

test('shuffleIndices returns a uniform permutation', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer(), (length, seed) => {
      const indices = shuffleIndices(length, randomStream({ seed, purpose: 'shuffle' }))
      expect([...indices].sort((a, b) => a - b)).toEqual([...Array(length).keys()])
    }),
  )
  const first = new Array<number>(5).fill(0)
  for (let seed = 0; seed < 2000; seed++) {
    const [index] = shuffleIndices(5, randomStream({ seed, purpose: 'shuffle' }))
    first[index as number] = (first[index as number] as number) + 1
  }
  for (const count of first) expect(Math.abs(count - 400)).toBeLessThan(80)
})

test.each([2 ** 53, -(2 ** 53), 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'seed %p, which rounds to that of others, is an error',
  (seed) => {
    expect(() => randomStream({ seed, purpose: 'test' })).toThrow(expect.objectContaining({ code: 'RANDOM_SEED' }))
  },
)
