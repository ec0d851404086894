import { testPointLoss, testRejectedOptions } from '../../fixtures/losses.ts'
import { softWingLoss } from './soft-wing-loss.ts'

testPointLoss('softWing', softWingLoss())

testRejectedOptions(softWingLoss, [
  [{ epsilon: Number.NaN }, 'option epsilon of softWing: expected a finite number, received NaN'],
])
