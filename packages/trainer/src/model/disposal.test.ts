import type { Dataset } from '@facekp/core'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots } from '../../fixtures/dots.ts'
import { predict } from '../evaluation/predict.ts'
import { findLearningRate } from '../loop/find-learning-rate.ts'
import { train } from '../loop/train.ts'

beforeAll(() => tf.setBackend('cpu'))

const runTraining = (model: tf.LayersModel, dataset: Dataset): Promise<unknown> =>
  train({ model, train: dataset, epochs: 2, batchSize: 2, learningRate: 1e-3 })

describe.each<[string, (model: tf.LayersModel, dataset: Dataset) => Promise<unknown>]>([
  ['predict', (model, dataset) => predict(model, dataset, { batchSize: 2 })],
  ['train', runTraining],
  ['findLearningRate', (model, train) => findLearningRate({ model, train, batchSize: 2, steps: 3 })],
])('%s', (_, run) => {
  test('with a model that has been disposed of is an error that says so', async () => {
    const model = dotNet()
    model.dispose()
    await expect(run(model, dots(4))).rejects.toMatchObject({ code: 'MODEL_DISPOSED' })
  })

  test('whose model is disposed of meanwhile is the same error, with its cause', async () => {
    const model = dotNet()
    const dataset = dots(6)
    const disposing: Dataset = {
      ...dataset,
      async get(index) {
        if (index === 3) model.dispose()
        return dataset.get(index)
      },
    }
    await expect(run(model, disposing)).rejects.toMatchObject({
      code: 'MODEL_DISPOSED',
      // Of TensorFlow.js: that a layer is disposed of, or an overflow of the stack.
      cause: expect.anything(),
    })
  })
})
