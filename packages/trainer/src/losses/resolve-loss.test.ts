import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWingLoss } from './adaptive-wing-loss.ts'
import { euclideanLoss } from './euclidean-loss.ts'
import { l1Loss } from './l1-loss.ts'
import { computeLoss, type Loss } from './loss.ts'
import { mseLoss } from './mse-loss.ts'
import { type LossSettings, lossSchema, resolveLoss } from './resolve-loss.ts'
import { simccLoss } from './simcc-loss.ts'
import { smoothL1Loss } from './smooth-l1-loss.ts'
import { softWingLoss } from './soft-wing-loss.ts'
import { starLoss } from './star-loss.ts'
import { weightedSum } from './weighted-sum.ts'
import { wingLoss } from './wing-loss.ts'

beforeAll(() => tf.setBackend('cpu'))

test.each<[LossSettings, Loss]>([
  [{ kind: 'mse' }, mseLoss],
  [{ kind: 'l1' }, l1Loss],
  [{ kind: 'euclidean' }, euclideanLoss],
  [{ kind: 'smoothL1', beta: 3 }, smoothL1Loss({ beta: 3 })],
  [{ kind: 'wing', omega: 5, epsilon: 1 }, wingLoss({ omega: 5, epsilon: 1 })],
  [{ kind: 'softWing', omega1: 1, height: 128 }, softWingLoss({ omega1: 1, height: 128 })],
  [{ kind: 'adaptiveWing', sigma: 1.5, foreground: 5 }, adaptiveWingLoss({ sigma: 1.5, foreground: 5 })],
  [{ kind: 'star', restriction: 2 }, starLoss({ restriction: 2 })],
  [{ kind: 'simcc', sigma: 2 }, simccLoss({ sigma: 2 })],
])('%j is the loss of that kind with these options', (settings, loss) => {
  const prediction = tf.tensor2d([[0.1, 0.2, 0.35, 0.4]])
  const targets = {
    target: tf.tensor2d([[0.12, 0.2, 0.3, 0.5]]),
    targetWeights: tf.ones([1, 4]) as tf.Tensor2D,
    aspectRatio: 1.5,
  }
  const decoded = {
    points: prediction,
    heatmaps: tf
      .softmax(tf.randomNormal([1, 2, 64], 0, 1, 'float32', 1))
      .transpose([0, 2, 1])
      .reshape([1, 8, 8, 2]) as tf.Tensor4D,
    simcc: { x: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D, y: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D },
  }
  const value = (anyLoss: Loss) => computeLoss(anyLoss, decoded, targets).dataSync()[0]
  expect(value(resolveLoss(lossSchema.parse(settings)))).toBe(value(loss))
  expect(resolveLoss(loss)).toBe(loss)
})

// Calls without types, as from JavaScript.
// biome-ignore lint/suspicious/noExplicitAny: no compiler stands before these
const untyped = (make: unknown, ...args: readonly any[]) => (make as (...args: readonly any[]) => Loss)(...args)

const SUM = '[[loss, weight], …]: one or more losses made by their functions, with weights of at least 0'

test.each<[string, unknown, unknown, string, string, string]>([
  ['a negative omega', wingLoss, { omega: -1 }, 'option omega of wing', 'a number above 0', '-1'],
  ['an omega of 0', wingLoss, { omega: 0 }, 'option omega of wing', 'a number above 0', '0'],
  ['an epsilon of NaN', softWingLoss, { epsilon: Number.NaN }, 'option epsilon of softWing', 'a finite number', 'NaN'],
  ['an infinite height', smoothL1Loss, { height: 1 / 0 }, 'option height of smoothL1', 'a finite number', 'Infinity'],
  ['a beta as text', smoothL1Loss, { beta: '1' }, 'option beta of smoothL1', 'a finite number', "'1'"],
  ['an unknown option', wingLoss, { omegas: 1 }, 'option omegas of wing', 'omega', 'an unknown name'],
  ['no options', adaptiveWingLoss, undefined, 'options of adaptiveWing', 'an object', 'undefined'],
  [
    'a sigma below a cell',
    adaptiveWingLoss,
    { sigma: 0.5 },
    'option sigma of adaptiveWing',
    'a number of at least 1',
    '0.5',
  ],
  [
    'a negative foreground',
    adaptiveWingLoss,
    { sigma: 1, foreground: -1 },
    'option foreground of adaptiveWing',
    'a number of at least 0',
    '-1',
  ],
  [
    'a negative restriction',
    starLoss,
    { restriction: -1 },
    'option restriction of star',
    'a number of at least 0',
    '-1',
  ],
  ['a negative sigma', simccLoss, { sigma: -1 }, 'option sigma of simcc', 'a number above 0', '-1'],
  ['a number in place of options', wingLoss, 5, 'options of wing', 'an object', '5'],
  ['no losses', weightedSum, [], 'losses of weightedSum', SUM, '[]'],
  ['a loss without a weight', weightedSum, [wingLoss()], 'losses of weightedSum', SUM, 'a function'],
  ['a negative weight', weightedSum, [[wingLoss(), -1]], 'losses of weightedSum', SUM, '[null,-1]'],
  ['a weight of NaN', weightedSum, [[wingLoss(), Number.NaN]], 'losses of weightedSum', SUM, '[null,null]'],
  [
    'settings in place of a loss',
    weightedSum,
    [[{ kind: 'wing' }, 1]],
    'losses of weightedSum',
    SUM,
    '[{"kind":"wing"},1]',
  ],
])('a loss with %s is rejected', (_, make, options, problem, expected, received) => {
  expect(() => untyped(make, options)).toThrow(
    expect.objectContaining({ code: 'TRAIN_OPTION', problem, expected, received }),
  )
})

test('an undefined option has its default', () => {
  expect(() => wingLoss({ omega: undefined })).not.toThrow()
})
