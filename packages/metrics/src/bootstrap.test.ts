import { randomStream } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { bootstrap } from './bootstrap.ts'

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('bootstrap', () => {
  it('holds the mean of 400 normal numbers about where the formula has it', () => {
    const random = randomStream({ seed: 3, purpose: 'test' })
    const values = Array.from({ length: 400 }, () => random.normal(10, 2))
    const { value, low, high } = bootstrap(values, mean, { resamples: 2000 })
    // 1.96 standard errors of the mean to either side.
    const spread = Math.sqrt(mean(values.map((x) => (x - value) ** 2)) / 400)
    expect((high - low) / (2 * 1.96 * spread)).toBeCloseTo(1, 1)
    expect((high + low) / 2).toBeCloseTo(value, 1)
  })

  it('is the same for the same seed and wider for more confidence', () => {
    const values = [1, 2, 3, 4, 100]
    expect(bootstrap(values, mean, { seed: 5 })).toEqual(bootstrap(values, mean, { seed: 5 }))
    const [half, most] = [0.5, 0.99].map((confidence) => bootstrap(values, mean, { confidence }))
    expect((most?.high ?? 0) - (most?.low ?? 0)).toBeGreaterThan((half?.high ?? 0) - (half?.low ?? 0))
  })

  it.each([{ confidence: 1 }, { confidence: 0 }, { resamples: 0 }, { resamples: 1.5 }])('refuses %j', (options) => {
    expect(() => bootstrap([1], mean, options)).toThrow(expect.objectContaining({ code: 'METRIC_BOOTSTRAP' }))
  })
})
