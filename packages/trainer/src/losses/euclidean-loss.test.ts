import { testPointLoss } from '../../fixtures/losses.ts'
import { euclideanLoss } from './euclidean-loss.ts'

testPointLoss('euclidean', euclideanLoss)
