import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { skipInitialization } from '../fixtures/skip-initialization.ts'
import { type CreateModelOptions, createModel, listModels } from './create-model.ts'
import { featureModel } from './inspect/feature-model.ts'
import { resNet } from './networks/resnet.ts'
import type { ModelInfo, ModelName } from './registry.ts'

beforeAll(() => tf.setBackend('cpu'))

describe('listModels', () => {
  test('describes every network', () => {
    const models = listModels()
    expect(models.map(({ name }) => name)).toEqual([
      'resnet18',
      'resnet34',
      'resnet50',
      'resnet101',
      'noseNet',
      'faceNet',
      'heatmapNet16',
      'heatmapNet24',
      'heatmapNet32',
      'heatmapNet48',
    ])
    for (const { description, paper, license, preprocessing } of models) {
      expect([description, paper, license].every((text) => text.length > 2)).toBe(true)
      expect(preprocessing.mean).toHaveLength(preprocessing.channels)
    }
    expect(models.every((info) => !('build' in info))).toBe(true)
  })
})

// Every network of the registry is tested, a new one too. The weights of large ones take minutes within jest; they are tested below.
const LARGE: readonly ModelName[] = ['faceNet', 'resnet34', 'resnet50', 'resnet101']

describe.each(listModels().filter(({ name }) => !LARGE.includes(name)))('createModel: $name', (info) => {
  const { name, supportedOptions, numKeypoints } = info
  const small: CreateModelOptions = supportedOptions.includes('inputSize') ? { inputSize: 32 } : {}
  const [height, width] = supportedOptions.includes('inputSize') ? [32, 32] : info.inputSize
  const createInput = () => tf.zeros([1, height, width, 1])

  let model: tf.LayersModel
  let features: tf.LayersModel
  beforeAll(() => {
    const points = supportedOptions.includes('numKeypoints') ? { numKeypoints: 5 } : {}
    model = createModel(name, small)
    features = createModel(name, { ...small, ...points, featuresOnly: true, seed: 0 })
  })
  afterAll(() => {
    model.dispose()
    features.dispose()
  })

  test('predicts two numbers for each of its points', () => {
    expect(model.name).toBe(name)
    const predicted = tf.tidy(() => model.predict(createInput()) as tf.Tensor)
    expect(predicted.shape).toEqual([1, 2 * numKeypoints])
    expect(predicted.dataSync().every(Number.isFinite)).toBe(true)
  })

  test('outputs the maps of every stage with featuresOnly, from fine to coarse', () => {
    const maps = tf.tidy(() => features.predict(createInput()) as tf.Tensor4D[])
    expect(maps.length).toBeGreaterThan(2)
    const sides = maps.map(({ shape }) => shape[1])
    expect(sides).toEqual(sides.toSorted((a, b) => b - a))
  })

  test('has the same weights each time with the default seed, 0', () => {
    const bytes = (network: tf.LayersModel, weight: string) => {
      const values = network.weights
        .find(({ originalName }) => originalName === weight)
        ?.read()
        .dataSync()
      return Buffer.from(values?.slice().buffer as ArrayBuffer)
    }
    const kernels = features.weights
      .map(({ originalName }) => originalName)
      .filter((weight) => weight.endsWith('kernel'))
    expect(kernels.length).toBeGreaterThan(2)
    for (const kernel of kernels) expect(bytes(features, kernel).equals(bytes(model, kernel))).toBe(true)
  })
})

test.each([34, 50, 101] as const)('the maps of resnet%i are those of its stages', (depth) => {
  const { features } = listModels().find(({ name }) => name === `resnet${depth}`) as ModelInfo
  const model = featureModel(resNet({ depth, height: 64, width: 64, numKeypoints: 1, baseChannels: 2 }), features)
  expect(model.outputs.map(({ shape }) => shape[1])).toEqual([32, 16, 8, 4, 2])
})

describe('createModel', () => {
  test('with featuresOnly, dispose frees the weights of the layers after the features too', () => {
    const before = tf.memory().numTensors
    for (const name of ['resnet18', 'heatmapNet16'] as const) {
      const options = { inputSize: 32, head: 'heatmaps', featuresOnly: true } as const
      skipInitialization(() => createModel(name, options)).dispose()
    }
    expect(tf.memory().numTensors).toBe(before)
  })

  test('an image that is too small for the blurs leaves no tensor', () => {
    const before = tf.memory().numTensors
    const options = { inputSize: 39, antialias: { filterSize: 7 } }
    expect(() => skipInitialization(() => createModel('resnet18', options))).toThrow(
      expect.objectContaining({ code: 'BLUR_SIZE' }),
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  test('makes an anti-aliased residual network without a head, for color images of [height, width]', () => {
    const options = { inChannels: 3, inputSize: [64, 96], head: false, antialias: { filterSize: 3 } } as const
    const model = skipInitialization(() => createModel('resnet18', options))
    expect(model.inputs[0]?.shape).toEqual([null, 64, 96, 3])
    expect(model.outputs[0]?.shape).toEqual([null, 512])
    expect(model.getLayer('maxblur').getConfig()).toMatchObject({ filterSize: 3 })
    model.dispose()
  })

  test('accepts the fixed value of an option that is not supported', () => {
    const model = createModel('noseNet', { numKeypoints: 1, inputSize: [60, 80], inChannels: 1, antialias: false })
    expect(model.countParams()).toBe(1_272_050)
  })

  test.each<[ModelName, CreateModelOptions, string]>([
    ['noseNet', { numKeypoints: 2 }, 'numKeypoints'],
    ['noseNet', { inputSize: 60 }, 'inputSize'],
    ['heatmapNet32', { antialias: { filterSize: 4 } }, 'antialias'],
    ['heatmapNet32', { inputSize: 60 }, 'height'],
    ['heatmapNet32', { head: 'coordinates' }, 'head'],
    ['noseNet', { head: false }, 'head'],
    ['resnet18', { head: 'heatmaps' }, 'multiples of 32'], // its default is [240, 240]
    ['resnet18', { head: 'maps' as 'heatmaps' }, 'head'],
    ['resnet18', { antialias: { filterSize: 9 } }, 'filterSize'],
    ['resnet18', { numKeypoints: 0 }, 'numKeypoints'],
    ['resnet18', { numClasses: 10 } as CreateModelOptions, 'numClasses'],
  ])('%s with %j is an error', (name, options, problem) => {
    expect(() => createModel(name, options)).toThrow(
      expect.objectContaining({ code: 'MODEL_OPTIONS', message: expect.stringContaining(problem) }),
    )
  })

  test('assigns weights and reports what happened to each', () => {
    const other = createModel('noseNet', { seed: 1 })
    const [last, ...rest] = other.weights.toReversed()
    const tensors = rest.map((weight) => ({
      name: weight.originalName,
      dtype: 'float32' as const,
      shape: weight.shape as number[],
      data: weight.read().dataSync() as Float32Array,
    }))
    const { model, missingKeys, loaded } = createModel('noseNet', { seed: 2, weights: tensors })
    expect([missingKeys, loaded.length]).toEqual([[last?.originalName], tensors.length])
    const values = (network: tf.LayersModel) => network.getLayer('conv1').getWeights()[0]?.dataSync()
    expect(values(model)).toEqual(values(other))
  })

  test('leaves no tensors behind if weights do not fit', () => {
    const before = tf.memory().numTensors
    const tensor = { name: 'conv1.bias', dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) }
    expect(() => createModel('noseNet', { weights: [tensor] })).toThrow(
      expect.objectContaining({ code: 'MODEL_WEIGHTS_SHAPE' }),
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  test('refers to @facekp/models/node if weights is a name', () => {
    const weights = 'torchvision/resnet18.imagenet1k_v1' as unknown as []
    expect(() => createModel('resnet18', { weights })).toThrow(
      expect.objectContaining({
        code: 'MODEL_OPTIONS',
        received: JSON.stringify(weights),
        expected: expect.stringContaining('@facekp/models/node'),
      }),
    )
  })

  test('rejects an unknown name and lists the known ones', () => {
    expect(() => createModel('resnet19' as ModelName)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN', expected: expect.stringContaining('resnet18, resnet34') }),
    )
  })
})
