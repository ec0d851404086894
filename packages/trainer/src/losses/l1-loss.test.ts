import { testPointLoss } from '../../fixtures/losses.ts'
import { l1Loss } from './l1-loss.ts'

testPointLoss('l1', l1Loss)
