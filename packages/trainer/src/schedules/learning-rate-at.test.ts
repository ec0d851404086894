import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { learningRateAt, type Schedule, scheduleSchema } from './learning-rate-at.ts'
import { warmupThenCosine } from './warmup-then-cosine.ts'

// PyTorch's numbers, made by golden.py.
const golden: { readonly losses: number[]; readonly rates: Readonly<Record<string, number[]>> } = JSON.parse(
  readFileSync(new URL('../optimizers/golden.json', import.meta.url), 'utf8'),
).schedules

const rate = 0.4

describe.each<[string, Schedule]>([
  ['constant', { kind: 'constant', learningRate: rate, warmupSteps: 5 }],
  ['step', { kind: 'step', learningRate: rate, milestones: [2, 3], factor: 0.3 }],
  ['cosine', { kind: 'cosine', learningRate: rate, minLearningRate: 0.1 }],
  ['warm', { kind: 'cosine', learningRate: rate, warmupSteps: 4 }],
  ['warm', warmupThenCosine(rate, 4)],
  ['oneCycle', { kind: 'oneCycle', learningRate: rate }],
  ['steep', { kind: 'oneCycle', learningRate: rate, pctStart: 0.5 }],
  ['brief', { kind: 'oneCycle', learningRate: rate, pctStart: 0.05 }],
  ['plateau', { kind: 'plateau', learningRate: rate, factor: 0.5, patience: 1 }],
])('%s %j', (name, schedule) => {
  test('equals that of PyTorch', () => {
    const rates = golden.rates[name] as number[]
    const stepsPerEpoch = name === 'plateau' ? 2 : 3
    for (const [step, expected] of rates.entries()) {
      const history = golden.losses.slice(0, Math.floor(step / stepsPerEpoch)).map((trainLoss) => ({ trainLoss }))
      expect(learningRateAt(schedule, { step, steps: rates.length, stepsPerEpoch, history })).toBeCloseTo(expected, 9)
    }
  })

  test('is plain JSON', () => {
    expect(scheduleSchema.parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule)
  })
})

const at = { step: 3, steps: 9, stepsPerEpoch: 3, history: [] }

test('a plateau is one of the validation loss if there is one', () => {
  const history = [1, 1, 1].map((valLoss, i) => ({ trainLoss: 1 / (i + 1), valLoss }))
  expect(learningRateAt({ kind: 'plateau', learningRate: 1, patience: 1 }, { ...at, history })).toBeCloseTo(0.1)
})

test.each([2, 3, 10, 20])('one cycle of %d steps whose first one is its peak goes down from there', (steps) => {
  const rates = Array.from({ length: steps }, (_, step) =>
    learningRateAt({ kind: 'oneCycle', learningRate: rate, pctStart: 1 / steps }, { ...at, step, steps }),
  )
  expect(rates[0]).toBeCloseTo(rate, 12)
  expect(rates.at(-1)).toBeCloseTo(rate / 250_000, 12)
  for (const [i, next] of rates.slice(1).entries()) expect(next).toBeLessThan(rates[i] as number)
})

test('a number is constant, a function decides', () => {
  expect(learningRateAt(0.2, at)).toBe(0.2)
  expect(learningRateAt(({ step, steps }) => step / steps, at)).toBe(1 / 3)
})
