import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { noise, relativeDifference } from '../../fixtures/torch-state.ts'
import { createModel, listModels } from '../create-model.ts'
import { loadModel } from '../files/load-model.ts'
import { saveModel } from '../files/save-model.ts'
import { getHead } from '../heads/head.ts'
import { featureModel } from '../inspect/feature-model.ts'
import { heatmapNet } from '../networks/heatmap-net.ts'
import { type ResNetOptions, resNet } from '../networks/resnet.ts'
import golden from './fold-batch-norm.golden.json' with { type: 'json' }
import { foldBatchNorm } from './fold-batch-norm.ts'

beforeAll(() => tf.setBackend('cpu'))

const isNorm = (layer: tf.layers.Layer): boolean => layer.getClassName() === 'BatchNormalization'
const getNormNames = (model: tf.LayersModel): string[] => model.layers.filter(isNorm).map(({ name }) => name)

/** Fills the weights of norms with plausible values, in their order: gamma, beta, mean, variance. */
function fillNorms<Model extends tf.LayersModel>(model: Model): Model {
  for (const [number, layer] of model.layers.entries()) {
    if (layer instanceof tf.LayersModel) fillNorms(layer)
    if (!isNorm(layer)) continue
    for (const [phase, weight] of layer.weights.entries()) {
      const center = /gamma|variance/.test(weight.originalName) ? 1 : 0
      const [channels] = weight.shape as [number]
      weight.write(tf.tensor1d(noise(channels, 0.5, 10 * number + phase).map((value) => center + value)))
    }
  }
  return model
}

function createInputs(model: tf.LayersModel): tf.Tensor[] {
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

function predict(model: tf.LayersModel): number[][] {
  return tf.tidy(() =>
    [model.predict(createInputs(model)) as tf.Tensor | tf.Tensor[]].flat().map((x) => [...x.dataSync()]),
  )
}

/** Folds a model and checks that the predictions are the same. */
function foldAndCompare(model: tf.LayersModel): tf.LayersModel {
  const folded = foldBatchNorm(fillNorms(model))
  const expected = predict(model)
  const actual = predict(folded)
  expect(actual).toHaveLength(expected.length)
  for (const [i, numbers] of expected.entries())
    expect(relativeDifference(actual[i] as number[], numbers)).toBeLessThan(1e-5)
  return folded
}

describe.each(Object.entries(golden))('a norm after %s', (kind, { shape, weight, bias }) => {
  test('is folded into kernel and bias as by PyTorch', () => {
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
      [1, 0, 0, 1].map((center, i) => tf.tensor1d(noise(channels, 0.5, i).map((value) => center + value))),
    )
    const torchKernel = tf.tensor(noise(weight.length, 1, 4), shape).transpose([2, 3, 1, 0])
    // PyTorch has channels and multiplier of a depthwise kernel in one axis.
    const kernel = torchKernel.reshape(layer.weights[0]?.shape as number[])
    layer.setWeights(layer.weights.length > 1 ? [kernel, tf.tensor1d(noise(channels, 1, 5))] : [kernel])

    const folded = foldBatchNorm(model)
    expect(folded.layers.map(({ name }) => name)).toEqual([input.sourceLayer.name, layer.name])
    const [foldedKernel, foldedBias] = folded.getWeights() as [tf.Tensor, tf.Tensor]
    const kernelInTorchLayout = foldedKernel.reshape(torchKernel.shape).transpose([3, 2, 0, 1])
    expect(relativeDifference(kernelInTorchLayout.dataSync(), weight)).toBeLessThan(1e-6)
    expect(relativeDifference(foldedBias.dataSync(), bias)).toBeLessThan(1e-6)
  })
})

describe('every network predicts the same without norms', () => {
  const small = { height: 64, width: 96, numKeypoints: 3 }
  // Few channels: the initialization of a full ResNet-101 takes a minute here.
  const residual = (depth: 18 | 34 | 50 | 101, options: Partial<ResNetOptions> = {}) =>
    resNet({ depth, ...small, baseChannels: 2, ...options })
  const networks: Record<string, () => tf.LayersModel> = {
    heatmapNet: () => heatmapNet({ ...small, baseChannels: 4 }),
    'ResNet-18, anti-aliased, simcc': () => residual(18, { head: 'simcc', antialias: { filterSize: 4 } }),
    'features of ResNet-18': () => featureModel(residual(18), ['relu', 'layer2.1.relu', 'layer4.1.relu']),
    'ResNet-34': () => residual(34),
    'ResNet-50, heatmaps': () => residual(50, { head: 'heatmaps' }),
    'ResNet-101, anti-aliased': () => residual(101, { antialias: {} }),
  }
  const onBoth = (['cpu', 'onnx'] as const).flatMap((backend) =>
    Object.entries(networks).map(([name, make]) => ({ backend, name, make })),
  )
  const others = listModels().filter(({ name }) => !name.startsWith('resnet'))
  const onOnnx = others.map(({ name, supportedOptions }) => {
    const size = supportedOptions.includes('inputSize') ? { inputSize: 64 } : {}
    return { backend: 'onnx' as const, name, make: () => createModel(name, size) }
  })

  test.each([...onBoth, ...onOnnx])('$name on backend $backend', async ({ backend, make }) => {
    await useBackend(backend)
    const model = make()
    const folded = foldAndCompare(model)
    expect(getNormNames(folded)).toEqual([])
    expect(folded.layers).toHaveLength(model.layers.length - getNormNames(model).length)
    expect(folded.name).toBe(model.name)
    model.dispose()
    folded.dispose()
  })
})

test('the source and the folded model do not share weights', () => {
  const model = fillNorms(heatmapNet({ height: 32, width: 32, numKeypoints: 2, baseChannels: 2 }))
  const expected = predict(model)
  const before = tf.memory().numTensors
  const folded = foldBatchNorm(model)
  expect(predict(model)).toEqual(expected)
  const foldedOutput = predict(folded)
  folded.dispose()
  expect(tf.memory().numTensors).toBe(before)
  expect(predict(model)).toEqual(expected)

  const other = foldBatchNorm(model)
  model.dispose()
  expect(predict(other)).toEqual(foldedOutput)
})

test('a folded model can be saved and loaded, and has a head', async () => {
  const folded = foldBatchNorm(
    fillNorms(resNet({ depth: 18, height: 64, width: 64, numKeypoints: 2, baseChannels: 2, antialias: {} })),
  )
  const folder = await mkdtemp(join(tmpdir(), 'facekp-folded-'))
  await saveModel(folded, folder)
  expect(predict(await loadModel(folder))).toEqual(predict(folded))
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
    expect(getNormNames(foldAndCompare(line(shape, layer, norm())))).toEqual([])
  })

  test.each([{ scale: false }, { center: false }, { scale: false, center: false }, { axis: 3 }])(
    'with %j',
    (settings) => {
      const layer = tf.layers.conv2d({ filters: 3, kernelSize: 2, useBias: false })
      expect(getNormNames(foldAndCompare(line([4, 4, 2], layer, norm(settings))))).toEqual([])
    },
  )

  test('into two layers that share the norm, and in nested models and sequences', () => {
    const shared = norm()
    const input = tf.input({ shape: [4, 2] })
    const outputs = [3, 3].map((units) => apply(shared, apply(tf.layers.dense({ units }), input)))
    const both = tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor[] })
    expect(getNormNames(foldAndCompare(both))).toEqual([])

    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4, 2] }), norm()] })
    const twice = line([4, 2], inner, inner, tf.layers.flatten())
    expect(getNormNames(foldAndCompare(twice).layers[1] as tf.LayersModel)).toEqual([])
  })

  test.each<[string, () => tf.LayersModel]>([
    ['after an activation', () => line([3], tf.layers.dense({ units: 2, activation: 'relu' }), norm())],
    ['before the layer', () => line([3], norm(), tf.layers.dense({ units: 2 }))],
    ['along another axis', () => line([4, 4, 2], tf.layers.conv2d({ filters: 3, kernelSize: 1 }), norm({ axis: 1 }))],
    [
      'of channels-first data',
      () => {
        const layer = tf.layers.conv2d({ filters: 4, kernelSize: 1, dataFormat: 'channelsFirst' })
        return line([2, 4, 4], layer, norm())
      },
    ],
    [
      'of an output that another layer also consumes',
      () => {
        const input = tf.input({ shape: [3] })
        const x = apply(tf.layers.dense({ units: 3 }), input)
        return tf.model({ inputs: input, outputs: apply(tf.layers.add(), [x, apply(norm(), x)]) })
      },
    ],
    [
      'of an output of the model',
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
    expect(getNormNames(foldAndCompare(model))).toEqual(getNormNames(model))
  })

  test('layers with several outputs and initial states are kept', () => {
    const input = tf.input({ shape: [4, 2] })
    const state = tf.input({ shape: [3] })
    const cell = tf.layers.gru({ units: 3, returnState: true })
    const outputs = cell.apply(input, { initialState: state }) as tf.SymbolicTensor[]
    foldAndCompare(tf.model({ inputs: [input, state], outputs }))
  })
})

describe('is an error', () => {
  class CustomModel extends tf.LayersModel {
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
      return inputs
    }
  }
  const input = tf.input({ shape: [2] })

  test.each<[string, tf.LayersModel, string]>([
    ['a sequence without layers', tf.sequential(), 'without outputs'],
    [
      'a model with its own call',
      new CustomModel({ inputs: input, outputs: tf.layers.reLU().apply(input) as tf.SymbolicTensor }),
      '`call` of its own',
    ],
    // TensorFlow.js omits depthMultiplier from the config, so that this layer cannot be saved and loaded either.
    [
      'a layer with an incomplete config',
      tf.sequential({
        layers: [tf.layers.separableConv2d({ filters: 1, kernelSize: 1, depthMultiplier: 2, inputShape: [2, 2, 2] })],
      }),
      'weight shape 1,1,2,1',
    ],
  ])('%s, which leaves no tensor', (_, model, received) => {
    const { numTensors } = tf.memory()
    expect(() => foldBatchNorm(model)).toThrow(
      expect.objectContaining({ code: 'MODEL_GRAPH', received: expect.stringContaining(received) }),
    )
    expect(tf.memory().numTensors).toBe(numTensors)
  })
})
