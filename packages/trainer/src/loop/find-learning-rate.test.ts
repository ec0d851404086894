import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { findLearningRate } from './find-learning-rate.ts'
import { train } from './train.ts'

beforeAll(() => tf.setBackend('cpu'))

const training = () => ({ model: dotNet(), train: dots(24), batchSize: 8 })
const settings = () => ({ ...training(), from: 1e-6, to: 100, steps: 40 })

describe('findLearningRate', () => {
  test('finds a rate that trains, and leaves the model as it was', async () => {
    const options = settings()
    const { model } = options
    const weights = model.getWeights().map((weight) => weight.dataSync().slice())
    const tensors = tf.memory().numTensors
    const { points, suggested } = await findLearningRate(options)
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(weights)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(suggested).toBeGreaterThan(1e-4)
    expect(suggested).toBeLessThan(1)
    expect(points.length).toBeLessThan(40)
    const last = points.at(-1)
    expect(last?.smoothedLoss).toBeGreaterThan(4 * Math.min(...points.map(({ smoothedLoss }) => smoothedLoss)))
    const { history } = await train({ ...training(), learningRate: suggested, epochs: 6 })
    expect(history.at(-1)?.trainLoss).toBeLessThan((history[0]?.trainLoss as number) / 2)
  })

  test('raises the rate by the same factor in each step, and smooths the losses as a weighted mean', async () => {
    const { points } = await findLearningRate({ ...settings(), to: 1e-3, steps: 4 })
    expect(points.map(({ learningRate }) => learningRate.toPrecision(6))).toEqual(
      [1e-6, 1e-5, 1e-4, 1e-3].map((rate) => rate.toPrecision(6)),
    )
    for (const [i, { smoothedLoss }] of points.entries()) {
      const weights = points.slice(0, i + 1).map((_, j) => 0.98 ** (i - j))
      const sum = weights.reduce((a, b) => a + b)
      const mean = weights.reduce((a, weight, j) => a + (weight / sum) * (points[j]?.loss as number), 0)
      expect(smoothedLoss).toBeCloseTo(mean, 9)
    }
  })

  test('ends when the signal is aborted', async () => {
    const reason = new Error('enough')
    await expect(findLearningRate({ ...settings(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test.each<[string, object, object]>([
    ['no batchSize', { batchSize: undefined }, { code: 'TRAIN_OPTION', problem: expect.stringContaining('batchSize') }],
    ['a batchSize of 0', { batchSize: 0 }, { code: 'TRAIN_OPTION', problem: expect.stringContaining('batchSize') }],
    ['an empty dataset', { train: dots(0) }, { code: 'DATASET_EMPTY' }],
  ])('%s is the error of train', async (_, overrides, error) => {
    await expect(findLearningRate({ ...settings(), ...overrides })).rejects.toMatchObject(error)
  })

  test.each([{ from: 0 }, { to: 1e-7 }, { steps: 2 }])('%j is an error', async (overrides) => {
    await expect(findLearningRate({ ...settings(), ...overrides })).rejects.toMatchObject({ code: 'TRAIN_OPTION' })
  })
})
