import { randomStream } from '@facekp/core'
import { afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { train } from '../loop/train.ts'
import { withLayerRandom } from './layer-random.ts'

beforeAll(() => tf.setBackend('cpu'))

afterEach(() => void jest.restoreAllMocks())

/** A layer of a user that draws without a seed. */
class Shake extends tf.layers.Layer {
  static className = 'Shake'

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [input] = [inputs].flat() as [tf.Tensor]
    return training ? tf.add(input, tf.truncatedNormal(input.shape)) : tf.clone(input)
  }
}

const { layers } = tf

/** Trains a network with a layer on the rows of the image for a few steps and returns their losses. */
async function trainWith(createLayer: () => tf.layers.Layer, seed: number): Promise<number[]> {
  const init = (value: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed: value }) })
  const model = tf.sequential({
    layers: [
      layers.reshape({ inputShape: [HEIGHT, WIDTH, 1], targetShape: [HEIGHT, WIDTH] }),
      tf.sequential({ layers: [layers.dense({ units: 30, inputShape: [HEIGHT, WIDTH], ...init(1) }), createLayer()] }),
      layers.flatten(),
      layers.dense({ units: 2, ...init(2) }),
    ],
  })
  const losses: number[] = []
  const onStep = ({ loss }: { loss: number }) => losses.push(loss)
  await train({ model, train: dots(1), epochs: 4, batchSize: 1, learningRate: () => 0, seed, onStep })
  return losses
}

// A learning rate of 0 and one image: what the layer draws is all that differs from step to step.
test.each<[string, () => tf.layers.Layer]>([
  ['dropout', () => layers.dropout({ rate: 0.5 })],
  ['dropout with a seed of its own', () => layers.dropout({ rate: 0.5, seed: 9 })],
  ['spatial dropout', () => layers.spatialDropout1d({ rate: 0.5, seed: 9 })],
  ['Gaussian noise', () => layers.gaussianNoise({ stddev: 0.5 })],
  ['Gaussian dropout', () => layers.gaussianDropout({ rate: 0.5 })],
  ['alpha dropout', () => layers.alphaDropout({ rate: 0.5 })],
  ['dropout in a wrapper', () => layers.timeDistributed({ layer: layers.dropout({ rate: 0.5 }) })],
  [
    'dropout with a seed of its own in a wrapper',
    () => layers.timeDistributed({ layer: layers.dropout({ rate: 0.5, seed: 9 }) }),
  ],
  [
    'recurrent dropout',
    () =>
      layers.simpleRNN({
        units: 3,
        returnSequences: true,
        dropout: 0.5,
        recurrentDropout: 0.5,
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
        recurrentInitializer: tf.initializers.glorotUniform({ seed: 4 }),
      }),
  ],
  ['a layer of the user', () => new Shake({})],
])('%s draws the same with the same seed, and otherwise in each step', async (_, createLayer) => {
  const losses = await trainWith(createLayer, 1)
  expect(new Set(losses).size).toBe(losses.length)
  expect(await trainWith(createLayer, 1)).toEqual(losses)
  expect(await trainWith(createLayer, 2)).not.toEqual(losses)
})

test('two layers of a step draw differently', () => {
  const createLayers = () => tf.sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [400] })] })
  const pair = tf.sequential({ layers: [createLayers(), createLayers()] })
  const output = withLayerRandom(
    randomStream({ seed: 1, purpose: 'layers' }),
    () => pair.apply(tf.ones([1, 400]), { training: true }) as tf.Tensor,
  )
  // Two layers that drop the same leave a half of the numbers, others a quarter.
  const left = output.dataSync().filter((value) => value === 4).length
  expect(left).toBeGreaterThan(60)
  expect(left).toBeLessThan(140)
})

test('Math.random and the seeds of layers are restored after the training, also if it fails', async () => {
  const { random } = Math
  const layer = layers.dropout({ rate: 0.5, seed: 9 })
  await trainWith(() => layer, 1)
  expect([Math.random, layer.getConfig()['seed']]).toEqual([random, 9])
  const failing = new Shake({})
  jest.spyOn(failing, 'call').mockImplementation(() => {
    throw new Error('failed')
  })
  await expect(trainWith(() => failing, 1)).rejects.toThrow('failed')
  expect(Math.random).toBe(random)
})
