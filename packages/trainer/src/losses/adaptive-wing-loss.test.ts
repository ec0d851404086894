import { describe, expect, test } from '@jest/globals'
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
import { adaptiveWingLoss, adaptiveWingOfHeatmaps } from './adaptive-wing-loss.ts'
import { gaussianHeatmaps } from './gaussian-heatmaps.ts'
import { weightedMean } from './point-loss.ts'

const { shape, maps, target, weights, weighted, unweighted } = golden.adaptiveWing
const { sigmaCells: sigma, targetMaps } = golden.heads

const computeLossOfMaps = (maps: tf.Tensor, foreground: number): tf.Scalar =>
  weightedMean(
    adaptiveWingOfHeatmaps(maps as tf.Tensor4D, tf.tensor4d(target, shape), foreground),
    tf.tensor2d(weights),
  )

describe('of heatmaps', () => {
  const common = { input: maps, shape, step: 1e-2 }
  testDifferentiableLoss({ ...common, name: 'adaptiveWing', loss: (x) => computeLossOfMaps(x, 10), expected: weighted })
  testDifferentiableLoss({
    ...common,
    name: 'foreground 0',
    loss: (x) => computeLossOfMaps(x, 0),
    expected: unweighted,
  })

  test('heatmaps equal to their targets have no loss and no gradient', () => {
    const at = tf.tensor4d(target, shape)
    expect(computeLossOfMaps(at, 10).dataSync()[0]).toBe(0)
    const gradient = tf
      .grad((x) => computeLossOfMaps(x, 10))(at)
      .dataSync()
    expect([...gradient].every((value) => value === 0)).toBe(true)
  })
})

describe('of a head', () => {
  const headLoss = (probabilities: tf.Tensor): tf.Scalar => {
    const decoded = { points: headTargets.target, heatmaps: probabilities as tf.Tensor4D }
    return adaptiveWingLoss({ sigma }).headLoss(decoded, headTargets)
  }
  const peak = 2 * Math.PI * sigma ** 2
  testDifferentiableLoss({
    name: 'adaptiveWing',
    loss: headLoss,
    input: golden.heads.maps,
    shape: MAP_SHAPE,
    expected: golden.heads.adaptiveWing,
    step: 1e-3,
    // At its target, and where its two parts meet.
    isCurved: (cell) => {
      const distance = Math.abs((golden.heads.maps[cell] as number) * peak - (targetMaps[cell] as number))
      return distance < 0.1 || Math.abs(distance - 0.5) < 0.05
    },
  })

  test('the target heatmaps have no loss', () => {
    const [, height, width] = MAP_SHAPE
    const heatmaps = gaussianHeatmaps(headTargets.target, { height, width, sigma })
    expect(headLoss(heatmaps.div(peak)).dataSync()[0]).toBeCloseTo(0, 4)
  })

  const uniform = tf.fill([...MAP_SHAPE], 1 / (MAP_SHAPE[1] * MAP_SHAPE[2]))
  testNoTensorLeft(() => headLoss(uniform))

  testMissingOutput(adaptiveWingLoss({ sigma: 1 }), 'heatmaps')
})

testRejectedOptions(adaptiveWingLoss, [
  [undefined, 'options of adaptiveWing: expected an object, received undefined'],
  [{ sigma: 0.5 }, 'option sigma of adaptiveWing: expected a number of at least 1, received 0.5'],
  [{ sigma: 1, foreground: -1 }, 'option foreground of adaptiveWing: expected a number of at least 0, received -1'],
])
