import { expect, test } from '@jest/globals'
import { warmupThenCosine } from './schedule.ts'

test('rises in a line, then falls along half a cosine', () => {
  const rate = warmupThenCosine(2, 4)
  const at = (step: number): number => rate({ step, steps: 12 })
  expect([0, 1, 2, 3].map(at)).toEqual([0.5, 1, 1.5, 2])
  expect(at(4)).toBe(2)
  expect(at(6)).toBeCloseTo(1 + Math.SQRT1_2)
  expect(at(8)).toBeCloseTo(1)
  expect(at(11)).toBeCloseTo(1 + Math.cos((Math.PI * 7) / 8))
})

test('no warm-up begins at the peak', () => {
  expect(warmupThenCosine(3, 0)({ step: 0, steps: 10 })).toBe(3)
})
