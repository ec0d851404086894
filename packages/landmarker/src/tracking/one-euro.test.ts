import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { createOneEuroFilter, type OneEuroOptions } from './one-euro.ts'

interface Golden {
  readonly samples: readonly (readonly number[])[]
  readonly cases: readonly (OneEuroOptions & { rate: number; filtered: readonly (readonly number[])[] })[]
}

const { samples, cases }: Golden = JSON.parse(readFileSync(new URL('one-euro.golden.json', import.meta.url), 'utf8'))

test.each(cases)('filters as the pseudocode of the paper does: beta $beta', ({ rate, filtered, ...options }) => {
  const filter = createOneEuroFilter(options, rate)
  const outputs = samples.map((sample) => [...filter(Float32Array.from(sample))])
  expect(outputs).toEqual(filtered.map((row) => row.map((value) => expect.closeTo(value, 5))))
})

test('a signal and its unit may be scaled together', () => {
  const options = { minCutoff: 1, beta: 5, derivativeCutoff: 1 }
  const small = createOneEuroFilter(options, 30)
  const large = createOneEuroFilter(options, 30)
  for (const sample of samples.map((row) => Float32Array.from(row))) {
    const scaled = large(
      sample.map((value) => 100 * value),
      100,
    )
    expect([...small(sample)]).toEqual(Array.from(scaled, (value) => expect.closeTo(value / 100, 4)))
  }
})
