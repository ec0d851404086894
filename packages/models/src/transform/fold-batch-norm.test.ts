import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { difference, noise } from '../../fixtures/torch-state.ts'
import { createModel, listModels } from '../create-model.ts'
import { loadModel, saveModel } from '../files/model-files.ts'
import { getHead } from '../heads/head.ts'
import { featureModel } from '../inspect/feature-model.ts'
import { heatmapNet } from '../networks/heatmap-net.ts'
import { type ResNetOptions, resNet } from '../networks/resnet.ts'
import golden from './fold-batch-norm.golden.json' with { type: 'json' }
import { foldBatchNorm } from './fold-batch-norm.ts'

beforeAll(() => tf.setBackend('cpu'))

const isNorm = (layer: tf.layers.Layer): boolean => layer.getClassName() === 'BatchNormalization'
const normsOf = (model: tf.LayersModel): string[] => model.layers.filter(isNorm).map(({ name }) => name)

/** Gives norms statistics that they could have learnt, in the order of their weights: gamma, beta, mean, variance. */
function fillNorms<Model extends tf.LayersModel>(model: Model): Model {
  for (const [number, layer] of model.layers.entries()) {
    if (layer instanceof tf.LayersModel) fillNorms(layer)
    if (!isNorm(layer)) continue
    for (const [phase, weight] of layer.weights.entries()) {
      const around = /gamma|variance/.test(weight.originalName) ? 1 : 0
      const [channels] = weight.shape as [number]
      weight.write(tf.tensor1d(noise(channels, 0.5, 10 * number + phase).map((value) => around + value)))
    }
  }
  return model
}

function pictureFor(model: tf.LayersModel): tf.Tensor[] {
  return model.inputs.map(({ shape }, i) => {
    const sides = shape.slice(1) as number[]
    const batch = 2
    return tf.tensor(
      noise(
        sides.reduce((a, b) => a * b, batch),
        0.5,
        i,
      ),
      [batch, ...sides],
    )
  })
}

function predicted(model: tf.LayersModel): number[][] {
  return tf.tidy(() =>
    [model.predict(pictureFor(model)) as tf.Tensor | tf.Tensor[]].flat().map((x) => [...x.dataSync()]),
  )
}

/** Folds, and holds the folded model's predictions against the model's. */
function foldedAlike(model: tf.LayersModel): tf.LayersModel {
  const folded = foldBatchNorm(fillNorms(model))
  const expected = predicted(model)
  const found = predicted(folded)
  expect(found).toHaveLength(expected.length)
  for (const [i, numbers] of expected.entries()) expect(difference(found[i] as number[], numbers)).toBeLessThan(1e-5)
  return folded
}

describe.each(Object.entries(golden))('a norm after %s', (kind, { shape, weight, bias }) => {
  test("is in the kernel and the bias as PyTorch's", () => {
    const layers = {
      conv2d: () => tf.layers.conv2d({ filters: 4, kernelSize: [3, 2] }),
      depthwiseConv2d: () => tf.layers.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, useBias: false }),
      conv2dTranspose: () => tf.layers.conv2dTranspose({ filters: 4, kernelSize: [3, 2], useBias: false }),
    }
    const layer = layers[kind as keyof typeof layers]()
    const input = tf.input({ shape: [5, 4, 3] })
    const norm = tf.layers.batchNormalization({ epsilon: 1e-5 })
    const model = fillNorms(tf.model({ inputs: input, outputs: norm.apply(layer.apply(input)) as tf.SymbolicTensor }))
    const channels = bias.length
    norm.setWeights(
      [1, 0, 0, 1].map((around, i) => tf.tensor1d(noise(channels, 0.5, i).map((value) => around + value))),
    )
    const own = tf.tensor(noise(weight.length, 1, 4), shape).transpose([2, 3, 1, 0])
    // PyTorch's channels of a depthwise kernel are those of TensorFlow.js in one row.
    const kernel = own.reshape(layer.weights[0]?.shape as number[])
    layer.setWeights(layer.weights.length > 1 ? [kernel, tf.tensor1d(noise(channels, 1, 5))] : [kernel])

    const folded = foldBatchNorm(model)
    expect(folded.layers.map(({ name }) => name)).toEqual([input.sourceLayer.name, layer.name])
    const [foundKernel, foundBias] = folded.getWeights() as [tf.Tensor, tf.Tensor]
    const turned = foundKernel.reshape(own.shape).transpose([3, 2, 0, 1])
    expect(difference(turned.dataSync(), weight)).toBeLessThan(1e-6)
    expect(difference(foundBias.dataSync(), bias)).toBeLessThan(1e-6)
  })
})

describe('every network predicts the same without any norm', () => {
  const small = { height: 64, width: 96, numKeypoints: 3 }
  // Of few channels: it takes a minute to draw the weights of ResNet-101 here.
  const residual = (depth: 18 | 34 | 50 | 101, options: Partial<ResNetOptions> = {}) =>
    resNet({ depth, ...small, baseChannels: 2, ...options })
  const networks: Record<string, () => tf.LayersModel> = {
    heatmapNet: () => heatmapNet({ ...small, baseChannels: 4 }),
    'ResNet-18, anti-aliased, of axes': () => residual(18, { head: 'simcc', antialias: { filterSize: 4 } }),
    'ResNet-18, its maps': () => featureModel(residual(18), ['relu', 'layer2.1.relu', 'layer4.1.relu']),
    'ResNet-34': () => residual(34),
    'ResNet-50, of maps': () => residual(50, { head: 'heatmaps' }),
    'ResNet-101, anti-aliased': () => residual(101, { antialias: {} }),
  }
  const ofBoth = (['cpu', 'onnx'] as const).flatMap((backend) =>
    Object.entries(networks).map(([name, make]) => ({ backend, name, make })),
  )
  const others = listModels().filter(({ name }) => !name.startsWith('resnet'))
  const ofOnnx = others.map(({ name }) => ({ backend: 'onnx' as const, name, make: () => createModel(name) }))

  test.each([...ofBoth, ...ofOnnx])('$name on backend $backend', async ({ backend, make }) => {
    await useBackend(backend)
    const model = make()
    const folded = foldedAlike(model)
    expect(normsOf(folded)).toEqual([])
    expect(folded.layers).toHaveLength(model.layers.length - normsOf(model).length)
    expect(folded.name).toBe(model.name)
    model.dispose()
    folded.dispose()
  })
})

test('the source and the folded model have each their own weights', () => {
  const model = fillNorms(heatmapNet({ height: 32, width: 32, numKeypoints: 2, baseChannels: 2 }))
  const expected = predicted(model)
  const before = tf.memory().numTensors
  const folded = foldBatchNorm(model)
  expect(predicted(model)).toEqual(expected)
  const alike = predicted(folded)
  folded.dispose()
  expect(tf.memory().numTensors).toBe(before)
  expect(predicted(model)).toEqual(expected)

  const other = foldBatchNorm(model)
  model.dispose()
  expect(predicted(other)).toEqual(alike)
})

test('a folded model is saved, loaded and read by its head as any other', async () => {
  const folded = foldBatchNorm(
    fillNorms(resNet({ depth: 18, height: 64, width: 64, numKeypoints: 2, baseChannels: 2, antialias: {} })),
  )
  const folder = await mkdtemp(join(tmpdir(), 'facekp-folded-'))
  await saveModel(folded, folder)
  expect(predicted(await loadModel(folder))).toEqual(predicted(folded))
  await rm(folder, { recursive: true })
  expect(getHead(foldBatchNorm(heatmapNet({ height: 32, width: 32, numKeypoints: 2, baseChannels: 2 }))).kind).toBe(
    'heatmaps',
  )
})

describe('folded', () => {
  const norm = (settings: object = {}): tf.layers.Layer => tf.layers.batchNormalization(settings)
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor
  const line = (shape: number[], ...layers: tf.layers.Layer[]): tf.LayersModel => {
    const input = tf.input({ shape })
    return tf.model({ inputs: input, outputs: layers.reduce((x, layer) => apply(layer, x), input) })
  }

  test.each<[string, number[], tf.layers.Layer]>([
    ['conv1d', [6, 2], tf.layers.conv1d({ filters: 3, kernelSize: 3 })],
    ['separableConv2d', [6, 6, 2], tf.layers.separableConv2d({ filters: 3, kernelSize: 3 })],
    ['dilated conv2d', [8, 8, 2], tf.layers.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same' })],
    ['dense of rows', [4, 2], tf.layers.dense({ units: 3, useBias: false })],
  ])('into %s', (_, shape, layer) => {
    expect(normsOf(foldedAlike(line(shape, layer, norm())))).toEqual([])
  })

  test.each([{ scale: false }, { center: false }, { scale: false, center: false }, { axis: 3 }])(
    'with %j',
    (settings) => {
      const layer = tf.layers.conv2d({ filters: 3, kernelSize: 2, useBias: false })
      expect(normsOf(foldedAlike(line([4, 4, 2], layer, norm(settings))))).toEqual([])
    },
  )

  test('where two layers share the norm, and in models within a model and a sequence', () => {
    const shared = norm()
    const input = tf.input({ shape: [4, 2] })
    const [one, two] = [3, 3].map((units) => apply(shared, apply(tf.layers.dense({ units }), input)))
    const both = tf.model({ inputs: input, outputs: [one, two] as tf.SymbolicTensor[] })
    expect(normsOf(foldedAlike(both))).toEqual([])

    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4, 2] }), norm()] })
    const twice = line([4, 2], inner, inner, tf.layers.flatten())
    expect(normsOf(foldedAlike(twice).layers[1] as tf.LayersModel)).toEqual([])
  })

  test.each<[string, () => tf.LayersModel]>([
    ['after an activation', () => line([3], tf.layers.dense({ units: 2, activation: 'relu' }), norm())],
    ['before the layer', () => line([3], norm(), tf.layers.dense({ units: 2 }))],
    ['along another axis', () => line([4, 4, 2], tf.layers.conv2d({ filters: 3, kernelSize: 1 }), norm({ axis: 1 }))],
    [
      'of channels that come first',
      () => {
        const layer = tf.layers.conv2d({ filters: 4, kernelSize: 1, dataFormat: 'channelsFirst' })
        return line([2, 4, 4], layer, norm())
      },
    ],
    [
      'of what something else takes too',
      () => {
        const input = tf.input({ shape: [3] })
        const x = apply(tf.layers.dense({ units: 3 }), input)
        return tf.model({ inputs: input, outputs: apply(tf.layers.add(), [x, apply(norm(), x)]) })
      },
    ],
    [
      'of what is an output',
      () => {
        const input = tf.input({ shape: [3] })
        const x = apply(tf.layers.dense({ units: 3 }), input)
        return tf.model({ inputs: input, outputs: [x, apply(norm(), x)] })
      },
    ],
    [
      'of a layer that is called twice',
      () => {
        const inputs = [tf.input({ shape: [3] }), tf.input({ shape: [3] })]
        const layer = tf.layers.dense({ units: 3 })
        const [a, b] = inputs.map((input) => apply(layer, input)) as [tf.SymbolicTensor, tf.SymbolicTensor]
        return tf.model({ inputs, outputs: apply(tf.layers.add(), [apply(norm(), a), b]) })
      },
    ],
  ])('not a norm %s', (_, make) => {
    const model = make()
    expect(normsOf(foldedAlike(model))).toEqual(normsOf(model))
  })

  test('a layer of several outputs and inputs that begin it stay as they are', () => {
    const input = tf.input({ shape: [4, 2] })
    const state = tf.input({ shape: [3] })
    const cell = tf.layers.gru({ units: 3, returnState: true })
    const outputs = cell.apply(input, { initialState: state }) as tf.SymbolicTensor[]
    foldedAlike(tf.model({ inputs: [input, state], outputs }))
  })
})

describe('is an error', () => {
  class OwnModel extends tf.LayersModel {
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
      return inputs
    }
  }
  const input = tf.input({ shape: [2] })

  test.each<[string, tf.LayersModel, string]>([
    ['a sequence with no layer', tf.sequential(), 'without outputs'],
    [
      'a model that computes otherwise',
      new OwnModel({ inputs: input, outputs: tf.layers.reLU().apply(input) as tf.SymbolicTensor }),
      '`call` of its own',
    ],
    // TensorFlow.js' own does not tell its depthMultiplier, and cannot be loaded again either.
    [
      'a layer that does not tell all of itself',
      tf.sequential({
        layers: [tf.layers.separableConv2d({ filters: 1, kernelSize: 1, depthMultiplier: 2, inputShape: [2, 2, 2] })],
      }),
      'weight shape 1,1,2,1',
    ],
  ])('%s', (_, model, received) => {
    expect(() => foldBatchNorm(model)).toThrow(
      expect.objectContaining({ code: 'MODEL_GRAPH', received: expect.stringContaining(received) }),
    )
  })
})
