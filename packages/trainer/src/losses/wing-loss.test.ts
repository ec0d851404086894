import { expect, test } from '@jest/globals'
import { testPointLoss, testRejectedOptions } from '../../fixtures/losses.ts'
import { wingLoss } from './wing-loss.ts'

testPointLoss('wing', wingLoss())
testPointLoss('wing of 5', wingLoss({ omega: 5, epsilon: 0.5 }))

testRejectedOptions(wingLoss, [
  [{ omega: -1 }, 'option omega of wing: expected a number above 0, received -1'],
  [{ omega: 0 }, 'option omega of wing: expected a number above 0, received 0'],
  [{ omegas: 1 }, 'option omegas of wing: received an unknown name: did you mean omega?'],
  [5, 'options of wing: expected an object, received 5'],
])

test('an undefined option has its default', () => {
  expect(() => wingLoss({ omega: undefined })).not.toThrow()
})
