import { expect, test } from '@jest/globals'
import { describeUnknownName } from './unknown-name.ts'

test('names the known name that is nearest, or all known names', () => {
  expect(describeUnknownName('epoch', ['batchSize', 'epochs'])).toEqual({
    received: 'an unknown name: did you mean epochs?',
  })
  expect(describeUnknownName('loss', ['batchSize', 'epochs'])).toEqual({
    received: 'an unknown name',
    expected: 'batchSize, epochs',
  })
  expect(describeUnknownName('loss', [])).toEqual({ received: 'an unknown name', expected: 'a known name' })
})
