import { testPointLoss, testRejectedOptions } from '../../fixtures/losses.ts'
import { smoothL1Loss } from './smooth-l1-loss.ts'

testPointLoss('smoothL1', smoothL1Loss())
testPointLoss('smoothL1 of 3', smoothL1Loss({ beta: 3 }))

testRejectedOptions(smoothL1Loss, [
  [{ height: 1 / 0 }, 'option height of smoothL1: expected a finite number, received Infinity'],
  [{ beta: '1' }, "option beta of smoothL1: expected a finite number, received '1'"],
])
