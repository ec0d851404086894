import { expect, test } from '@jest/globals'
import { checkOptions } from './check-options.ts'
import { choiceKind, integerKind, optionsKind } from './kind-makers.ts'
import * as KINDS from './kinds.ts'

const OPTIONS = optionsKind({
  strides: KINDS.size,
  padding: choiceKind(['zero', 'reflect', false]),
  blur: optionsKind({ filterSize: integerKind(1, 7) }),
  shifts: KINDS.strings,
})

test.each([
  [{}],
  [{ strides: 2, padding: false, blur: {}, shifts: [] }],
  [{ strides: undefined, padding: 'zero', blur: { filterSize: 3 } }],
] as const)('%j is valid', (options) => {
  expect(() => checkOptions(OPTIONS, options, { code: 'POOL', name: 'pool' })).not.toThrow()
})

test.each([
  [7, 'options of pool', 'an object', '7'],
  [{ strides: 0 }, 'option strides of pool', 'an integer of at least 1', '0'],
  [{ padding: 'same' }, 'option padding of pool', "'zero', 'reflect' or false", "'same'"],
  [{ blur: { filterSize: 'a' } }, 'option blur.filterSize of pool', 'an integer from 1 to 7', "'a'"],
  [{ blur: { filterSize: 8 } }, 'option blur.filterSize of pool', 'an integer from 1 to 7', '8'],
  [{ blur: { filterSize: 1.5 } }, 'option blur.filterSize of pool', 'an integer from 1 to 7', '1.5'],
  [{ shifts: ['a', 1] }, 'option shifts[1] of pool', 'a string', '1'],
  [{ stride: 1 }, 'option stride of pool', undefined, 'an unknown name: did you mean strides?'],
  [{ blur: { z: 1 } }, 'option blur.z of pool', 'filterSize', 'an unknown name'],
])('%j is an error', (options, problem, expected, received) => {
  expect(() => checkOptions(OPTIONS, options as never, { code: 'POOL', name: 'pool' })).toThrow(
    expect.objectContaining({ code: 'POOL', problem, expected, received }),
  )
})

test('a field of a file', () => {
  expect(() => checkOptions(OPTIONS, { strides: 0 }, { code: 'POOL', name: 'a.json', noun: 'field' })).toThrow(
    'field strides of a.json',
  )
})
