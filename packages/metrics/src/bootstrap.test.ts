import { randomStream } from '@facekp/core'
import { describe, expect, it } from '@jest/globals'
import { bootstrap } from './bootstrap.ts'

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('bootstrap', () => {
  it('matches the analytic interval of the mean of 400 normal numbers', () => {
    const random = randomStream({ seed: 3, purpose: 'test' })
    const values = Array.from({ length: 400 }, () => random.normal(10, 2))
    const { value, low, high } = bootstrap(values, mean, { resamples: 2000 })
    // 1.96 standard errors of the mean on either side.
    const standardError = Math.sqrt(mean(values.map((x) => (x - value) ** 2)) / 400)
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1)
    expect((high + low) / 2).toBeCloseTo(value, 1)
  })

  it('is the same for the same seed and wider for a higher confidence', () => {
    const values = [1, 2, 3, 4, 100]
    expect(bootstrap(values, mean, { seed: 5 })).toEqual(bootstrap(values, mean, { seed: 5 }))
    const narrow = bootstrap(values, mean, { confidence: 0.5 })
    const wide = bootstrap(values, mean, { confidence: 0.99 })
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low)
  })

  it.each([{ confidence: 1 }, { confidence: 0 }, { resamples: 0 }, { resamples: 1.5 }])('rejects %j', (options) => {
    expect(() => bootstrap([1], mean, options)).toThrow(expect.objectContaining({ code: 'METRIC_BOOTSTRAP' }))
  })
})
