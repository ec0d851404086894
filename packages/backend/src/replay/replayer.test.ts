import { expect } from '@jest/globals'
import { runOnSwiftShader, testOnSwiftShader } from '../../../../tests/support/swiftshader.ts'

interface Run {
  readonly numbers: readonly (readonly number[])[]
  readonly programs: number
}

interface Outcome {
  readonly outcome: Readonly<Record<string, { actual: readonly Run[]; expected: readonly Run[]; left: number }>>
  readonly messages: readonly string[]
  readonly afterFailure: readonly (readonly number[])[]
}

/** Numbers of the runs, from 0, that JavaScript recorded no program in. */
const REPLAYED: Readonly<Record<string, readonly number[]>> = {
  'all kinds of results': [2, 3, 4, 5, 6, 7],
  'variables that were set': [2, 3, 4, 5, 6, 7],
  // Each third run.
  'other shapes': [3, 4, 6, 7],
  // From the fifth run on.
  'integers cast to floats': [2, 3, 6, 7],
  'a variable of integers cast to floats': [2, 3, 6, 7],
  // From the seventh run on.
  'another key': [2, 3, 4, 5],
  // The first run makes it, the seventh gets another one.
  'a tensor that is kept': [3, 4, 5],
  'a number that changes': [],
  'random numbers': [],
  'a result on the CPU': [],
}

testOnSwiftShader('replayed computations return what they return without replay, and leave no memory', () => {
  const { outcome, messages, afterFailure } = runOnSwiftShader(
    new URL('../../fixtures/webgpu-replay.ts', import.meta.url),
  ) as Outcome
  expect(Object.keys(outcome)).toEqual(Object.keys(REPLAYED))
  for (const [name, { actual, expected, left }] of Object.entries(outcome)) {
    expect([name, actual.map(({ numbers }) => numbers)]).toEqual([name, expected.map(({ numbers }) => numbers)])
    const replayed = actual.flatMap(({ programs }, run) => (programs === 0 ? [run] : []))
    expect([name, replayed]).toEqual([name, REPLAYED[name]])
    expect([name, left]).toEqual([name, 0])
  }
  expect(messages).toEqual(['no'])
  expect(afterFailure).toEqual(Array.from({ length: 4 }, () => [1, 4]))
})
