import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Schedule, scheduledRate, scheduleSchema } from './schedule.ts'
import { warmupThenCosine } from './warmup-then-cosine.ts'

// PyTorch's numbers, made by golden.py.
const golden: { readonly losses: number[]; readonly rates: Readonly<Record<string, number[]>> } = JSON.parse(
  readFileSync(new URL('../golden.json', import.meta.url), 'utf8'),
).schedules

const rate = 0.4

describe.each<[string, Schedule]>([
  ['constant', { kind: 'constant', rate, warmupSteps: 5 }],
  ['step', { kind: 'step', rate, afterEpochs: [2, 3], factor: 0.3 }],
  ['cosine', { kind: 'cosine', rate, final: 0.1 }],
  ['warm', { kind: 'cosine', rate, warmupSteps: 4 }],
  ['warm', warmupThenCosine(rate, 4)],
  ['oneCycle', { kind: 'oneCycle', rate }],
  ['steep', { kind: 'oneCycle', rate, rise: 0.5 }],
  ['plateau', { kind: 'plateau', rate, factor: 0.5, patience: 1 }],
])('%s %j', (name, schedule) => {
  test('gives the rates that PyTorch gives', () => {
    const rates = golden.rates[name] as number[]
    const stepsPerEpoch = name === 'plateau' ? 2 : 3
    for (const [step, expected] of rates.entries()) {
      const history = golden.losses.slice(0, Math.floor(step / stepsPerEpoch)).map((trainLoss) => ({ trainLoss }))
      expect(scheduledRate(schedule, { step, steps: rates.length, stepsPerEpoch, history })).toBeCloseTo(expected, 9)
    }
  })

  test('is plain JSON', () => {
    expect(scheduleSchema.parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule)
  })
})

const at = { step: 3, steps: 9, stepsPerEpoch: 3, history: [] }

test('a plateau is one of the validation loss where there is one', () => {
  const history = [1, 1, 1].map((validationLoss, i) => ({ trainLoss: 1 / (i + 1), validationLoss }))
  expect(scheduledRate({ kind: 'plateau', rate: 1, patience: 1 }, { ...at, history })).toBeCloseTo(0.1)
})

test('a number stays, a function decides', () => {
  expect(scheduledRate(0.2, at)).toBe(0.2)
  expect(scheduledRate(({ step, steps }) => step / steps, at)).toBe(1 / 3)
})
