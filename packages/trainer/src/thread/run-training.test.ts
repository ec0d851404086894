import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { restoreWeights } from '../checkpoint/restore-weights.ts'
import type { MainMessage } from './messages.ts'
import { runTraining } from './run-training.ts'

beforeAll(() => tf.setBackend('cpu'))

function createModel(): tf.LayersModel {
  const createDense = (name: string) => tf.layers.dense({ name, units: 2 })
  const layers = [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), ...['a', 'b', 'c'].map(createDense)]
  return tf.sequential({ layers })
}

const getNumbers = (model: tf.LayersModel) =>
  model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]))

test('the weights of a result are restored by their names, whichever layers the training froze', async () => {
  const model = createModel()
  model.getLayer('b').trainable = false
  let onMessage: (message: MainMessage) => void = () => {}
  const port = {
    post: ({ kind }: { readonly kind: string }) => kind === 'epoch' && onMessage('ack'),
    listen(listener: typeof onMessage) {
      onMessage = listener
    },
    claimStep: () => true,
  }
  const training = { model, train: dots(4), epochs: 1, batchSize: 4, learningRate: 0.1 }
  const result = await runTraining(port, () => training)
  const copy = createModel()
  restoreWeights(copy, result)
  expect(getNumbers(copy)).toEqual(getNumbers(model))
})
