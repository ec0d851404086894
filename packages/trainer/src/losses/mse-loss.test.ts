import { testPointLoss } from '../../fixtures/losses.ts'
import { mseLoss } from './mse-loss.ts'

testPointLoss('mse', mseLoss)
