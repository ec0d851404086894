import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Number of the weights of batch normalization that are statistics. */
const STATISTICS = 2

function net(norm: { scale?: boolean; center?: boolean } = {}): tf.LayersModel {
  const body = tf.sequential({
    name: 'body',
    layers: [
      tf.layers.conv2d({ name: 'body_conv', inputShape: [HEIGHT, WIDTH, 1], filters: 2, kernelSize: 3 }),
      tf.layers.batchNormalization({ name: 'body_norm', momentum: 0.5, ...norm }),
      tf.layers.reLU({ name: 'body_relu' }),
    ],
  })
  const head = [tf.layers.flatten({ name: 'head_flat' }), tf.layers.dense({ name: 'head_dense', units: 2 })]
  return tf.sequential({ layers: [body, ...head] })
}

const settings = (overrides: Partial<TrainOptions>): TrainOptions => ({
  model: net(),
  train: dots(8),
  epochs: 1,
  batchSize: 4,
  learningRate: 0.01,
  ...overrides,
})

/** The numbers of the layers of the body, then of the head. */
const numbers = (model: tf.LayersModel): [number[][], number[][]] => {
  const [body, ...head] = model.layers as [tf.layers.Layer, ...tf.layers.Layer[]]
  const of = (layer: tf.layers.Layer): number[][] => layer.getWeights().map((weight) => [...weight.dataSync()])
  return [of(body), head.flatMap(of)]
}

/** Freezes a layer or nested model as TensorFlow.js does; no option of the training is needed. */
const freeze = (layer: tf.layers.Layer | undefined): Partial<TrainOptions> => {
  if (layer) layer.trainable = false
  return {}
}

describe('frozen layers', () => {
  test('of a group keep weights and batch-norm statistics; the others learn', async () => {
    const model = net()
    const [body, head] = numbers(model)
    await train(settings({ model, paramGroups: [{ match: 'body', lrScale: 0 }] }))
    const [bodyAfter, headAfter] = numbers(model)
    expect(bodyAfter).toEqual(body)
    expect(headAfter).not.toEqual(head)
  })

  test('keep them too if the model was frozen by TensorFlow.js', async () => {
    const model = net()
    const [part] = model.layers
    if (part) part.trainable = false
    const [body] = numbers(model)
    await train(settings({ model }))
    expect(numbers(model)[0]).toEqual(body)
  })

  test('keep them to the bit if weights are averaged', async () => {
    const model = net()
    const [body] = numbers(model)
    await train(settings({ model, paramGroups: [{ match: 'body', lrScale: 0 }], emaDecay: 0.9, epochs: 8 }))
    expect(numbers(model)[0]).toEqual(body)
  })

  // Such a layer has no weights but its statistics.
  test.each<[string, (model: tf.LayersModel) => Partial<TrainOptions>]>([
    ['of a group', () => ({ paramGroups: [{ match: 'body', lrScale: 0 }] })],
    ['of a model that TensorFlow.js froze', (model) => freeze(model.layers[0])],
    ['that TensorFlow.js froze', (model) => freeze((model.layers[0] as tf.LayersModel).getLayer('body_norm'))],
  ])('keep the statistics of batch normalization without scale and shift %s', async (_, freezeNorm) => {
    const model = net({ scale: false, center: false })
    const getStatistics = () => numbers(model)[0].slice(-STATISTICS)
    const before = getStatistics()
    await train(settings({ model, ...freezeNorm(model) }))
    expect(getStatistics()).toEqual(before)
  })

  const { batchNormalization, timeDistributed } = tf.layers
  const norm = { momentum: 0.5, scale: false, center: false, inputShape: [WIDTH] }

  describe.each<[string, () => tf.layers.Layer]>([
    ['a layer', () => batchNormalization(norm)],
    ['a model', () => tf.sequential({ layers: [batchNormalization(norm)] })],
  ])('that apply batch normalization to each row by timeDistributed of %s', (_, createLayer) => {
    /** Trains a network and returns the statistics before and after. */
    const trainRows = async (freezeNorm: (layer: tf.layers.Layer) => Partial<TrainOptions>) => {
      const rows = timeDistributed({ name: 'rows', layer: createLayer() })
      const model = tf.sequential({
        layers: [
          tf.layers.reshape({ inputShape: [HEIGHT, WIDTH, 1], targetShape: [HEIGHT, WIDTH] }),
          rows,
          tf.layers.flatten(),
          tf.layers.dense({ units: 2 }),
        ],
      })
      const getStatistics = () => rows.getWeights().map((weight) => [...weight.dataSync()])
      const before = getStatistics()
      await train(settings({ model, ...freezeNorm(rows) }))
      return { before, after: getStatistics() }
    }

    test.each<[string, (layer: tf.layers.Layer) => Partial<TrainOptions>]>([
      ['of a group', () => ({ paramGroups: [{ match: 'rows', lrScale: 0 }] })],
      ['that TensorFlow.js froze', freeze],
    ])('keep its statistics %s', async (_, freezeNorm) => {
      const { before, after } = await trainRows(freezeNorm)
      expect(after).toEqual(before)
    })

    test('of other groups move its statistics', async () => {
      const { before, after } = await trainRows(() => ({}))
      for (const [i, values] of after.entries()) expect(values).not.toEqual(before[i])
    })
  })

  test('of other groups move the statistics of batch normalization without scale and shift', async () => {
    const model = net({ scale: false, center: false })
    const before = numbers(model)[0].slice(-STATISTICS)
    await train(settings({ model, paramGroups: [{ match: 'body_conv', lrScale: 0 }] }))
    for (const [i, values] of numbers(model)[0].slice(-STATISTICS).entries()) expect(values).not.toEqual(before[i])
  })

  test('learn again, statistics included, once they are not', async () => {
    const model = net()
    await train(settings({ model, paramGroups: [{ match: 'body', lrScale: 0 }] }))
    const [body] = numbers(model)
    await train(settings({ model }))
    for (const [i, values] of numbers(model)[0].entries()) expect(values).not.toEqual(body[i])
  })

  // Batch normalization of @facekp/models has one, with the numerics of PyTorch.
  test.each<[string, boolean]>([
    ['a call of its own', true],
    ['the call of its class', false],
  ])('with %s have it again after the training', async (_, isOwn) => {
    const model = net()
    const norm = (model.layers[0] as tf.LayersModel).getLayer('body_norm')
    const { call } = norm
    if (isOwn) norm.call = (inputs, kwargs) => call.call(norm, inputs, kwargs)
    const before = norm.call
    await train(settings({ model, paramGroups: [{ match: 'body', lrScale: 0 }] }))
    expect(norm.call).toBe(before)
    expect(Object.hasOwn(norm, 'call')).toBe(isOwn)
  })
})

test('a group of half the rate moves half as far in a step of plain descent', async () => {
  const moves = async (rate: number): Promise<number[]> => {
    const model = net()
    model.setWeights((await first).map((values, i) => tf.tensor(values, model.weights[i]?.shape as number[])))
    const before = numbers(model).flat(2)
    await train(
      settings({
        model,
        train: dots(4),
        optimizer: { kind: 'sgd', momentum: 0 },
        paramGroups: [{ match: 'head_', lrScale: rate }],
      }),
    )
    return numbers(model)
      .flat(2)
      .map((value, i) => value - (before[i] as number))
  }
  const first = Promise.resolve(
    net()
      .getWeights()
      .map((weight) => [...weight.dataSync()]),
  )
  const [whole, half] = [await moves(1), await moves(0.5)]
  const headAt = numbers(net())[0].flat().length
  for (const [i, move] of whole.entries()) expect(half[i]).toBeCloseTo(i < headAt ? move : move / 2, 6)
})

test('a layer that stands in two nested models is moved once a step, as one that is called twice', async () => {
  const moveShared = async (isNested: boolean): Promise<number[][]> => {
    const init = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) })
    const shared = tf.layers.dense({ units: 4, inputShape: [4], ...init(1) })
    const toPart = () => (isNested ? tf.sequential({ layers: [shared] }) : shared)
    const input = tf.input({ shape: [HEIGHT, WIDTH, 1] })
    const layers = [
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, ...init(2) }),
      toPart(),
      toPart(),
      tf.layers.dense({ units: 2, ...init(3) }),
    ]
    const outputs = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input)
    const model = tf.model({ inputs: input, outputs })
    await train(settings({ model, optimizer: { kind: 'sgd', momentum: 0 }, maxGradientNorm: 0.01, train: dots(4) }))
    return shared.getWeights().map((weight) => [...weight.dataSync()])
  }
  const [nested, called] = [await moveShared(true), await moveShared(false)]
  for (const [i, values] of called.entries())
    for (const [j, value] of values.entries()) expect(nested[i]?.[j]).toBeCloseTo(value, 7)
})

test('a group without layers is an error that lists the layers', async () => {
  await expect(train(settings({ paramGroups: [{ match: 'bdy', lrScale: 0 }] }))).rejects.toMatchObject({
    code: 'TRAIN_OPTION',
    received: 'match: "bdy"',
    expected: expect.stringContaining('body_conv'),
  })
})
