import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { train } from '../loop/train.ts'

beforeAll(() => tf.setBackend('cpu'))

interface NormOptions {
  readonly scale?: boolean
  readonly center?: boolean
}

/** Creates a network with batch normalization, which has the statistics last of its weights. */
function createNet(norm: NormOptions): tf.LayersModel {
  const init = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) })
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [HEIGHT, WIDTH, 1], filters: 2, kernelSize: 3, ...init(1) }),
      tf.layers.batchNormalization({ momentum: 0.5, ...norm }),
      tf.layers.reLU(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, ...init(2) }),
    ],
  })
}

/** Trains a network by one step; returns its loss and all weights but scale and shift. */
async function trainStep(norm: NormOptions) {
  const model = createNet(norm)
  const { history } = await train({
    model,
    train: dots(8),
    epochs: 1,
    batchSize: 8,
    learningRate: 0.01,
    optimizer: { kind: 'sgd', momentum: 0 },
  })
  const weights = model.layers.flatMap((layer) =>
    (layer.getClassName() === 'BatchNormalization' ? layer.getWeights().slice(-2) : layer.getWeights()).map(
      (weight) => [...weight.dataSync()],
    ),
  )
  return { model, weights, loss: history[0]?.trainLoss as number }
}

// Scale and shift begin as 1 and 0: with them, TensorFlow.js computes the same step.
test.each<[NormOptions]>([[{ scale: false }], [{ center: false }], [{ scale: false, center: false }]])(
  'batch normalization with %j is trained as one whose scale and shift are 1 and 0',
  async (norm) => {
    const [reference, step] = [await trainStep({}), await trainStep(norm)]
    expect(step.loss).toBeCloseTo(reference.loss, 6)
    for (const [i, values] of step.weights.entries())
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(reference.weights[i]?.[j] as number, 6)
    const layer = step.model.layers[1] as unknown as { gamma: unknown; beta: unknown }
    expect([layer.gamma === undefined, layer.beta === undefined]).toEqual([norm.scale === false, norm.center === false])
  },
)
