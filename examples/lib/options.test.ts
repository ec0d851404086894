import { expect, test } from '@jest/globals'
import { parseOptions } from './options.ts'

test('options have their defaults, and values as they are given', () => {
  expect(parseOptions([], 'usage')).toEqual({ recipe: 'tuned', seed: 1, backend: 'auto' })
  expect(parseOptions(['--', '--seed', '0', '--epochs=3', '--data', 'a b'], 'usage')).toMatchObject({
    seed: 0,
    epochs: 3,
    data: 'a b',
  })
})

test.each([
  [['--seed', '-1'], '--seed cannot be "-1": not a whole number from 0 on'],
  [['--seed=-1'], '--seed cannot be "-1": not a whole number from 0 on'],
  [['--seed', '1.5'], '--seed cannot be "1.5": not a whole number'],
  [['--epochs', '0'], '--epochs cannot be "0": not a whole number from 1 on'],
  [['--data', '--seed', '3'], '--data has no value: what follows it is another option'],
  [['--seed'], "Option '--seed <value>' argument missing"],
  [['--sed', '1'], "Unknown option '--sed'"],
  [['-1'], "Unknown option '-1'"],
])('%j is refused', (args, problem) => {
  expect(() => parseOptions(args, 'usage')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', problem }))
})
