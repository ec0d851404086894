import * as tf from '@tensorflow/tfjs'
import {
  golden,
  headTargets,
  MAP_SHAPE,
  testDifferentiableLoss,
  testMissingOutput,
  testNoTensorLeft,
  testRejectedOptions,
} from '../../fixtures/losses.ts'
import { simccLoss } from './simcc-loss.ts'

const { bins, logits, sigmaBins, simcc } = golden.heads

testDifferentiableLoss({
  name: 'simcc',
  loss: (input) => {
    const [x, y] = input.split(bins, 2).map((axis) => axis.logSoftmax()) as [tf.Tensor3D, tf.Tensor3D]
    return simccLoss({ sigma: sigmaBins }).headLoss({ points: headTargets.target, simcc: { x, y } }, headTargets)
  },
  input: logits,
  shape: [MAP_SHAPE[0], MAP_SHAPE[3], bins[0] + bins[1]],
  expected: simcc,
  step: 1e-2,
})

const uniform = tf.logSoftmax(tf.ones<tf.Rank.R3>([MAP_SHAPE[0], MAP_SHAPE[3], 8]))
testNoTensorLeft(() =>
  simccLoss().headLoss({ points: headTargets.target, simcc: { x: uniform, y: uniform } }, headTargets),
)

testMissingOutput(simccLoss(), 'simcc')

testRejectedOptions(simccLoss, [[{ sigma: -1 }, 'option sigma of simcc: expected a number above 0, received -1']])
