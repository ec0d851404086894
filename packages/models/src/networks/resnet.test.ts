import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@facekp/backend'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { findPython } from '../../../../tests/support/find-python.ts'
import { testIf } from '../../../../tests/support/require.ts'
import { runProgram } from '../../fixtures/run-program.ts'
import {
  countTrainableParameters,
  createImages,
  fillByFormula,
  getTorchWeight,
  noise,
  type ResNetGolden,
  relativeDifference,
  toTorch,
} from '../../fixtures/torch-state.ts'
import { resNet } from './resnet.ts'

interface TrainedGolden extends ResNetGolden {
  readonly output: number[]
  readonly loss: number
  readonly gradients: Record<string, number[]>
  readonly running: Record<string, number[]>
}

// Made by resnet.golden.py beside this file.
const goldens = JSON.parse(readFileSync(new URL('resnet.golden.json', import.meta.url), 'utf8')) as TrainedGolden[]
const POINTS = 3

function build({ depth, antialias, channels, height, width, state }: ResNetGolden): tf.LayersModel {
  const model = resNet({
    depth,
    height,
    width,
    numKeypoints: POINTS,
    baseChannels: channels,
    antialias: antialias && { filterSize: 4 },
  })
  fillByFormula(model, state)
  return model
}

describe.each(goldens.map((golden) => [`ResNet-${golden.depth}${golden.antialias ? ' anti-aliased' : ''}`, golden]))(
  '%s',
  (_, value) => {
    const golden = value as TrainedGolden

    test("has PyTorch's names and shapes, and its prediction", async () => {
      await useBackend('wasm')
      const model = build(golden)
      expect(countTrainableParameters(model)).toBe(golden.parameters)
      expect(model.weights).toHaveLength(golden.state.length)
      const predicted = tf.tidy(() => (model.predict(createImages(golden)) as tf.Tensor).dataSync())
      expect(relativeDifference(predicted, golden.predicted)).toBeLessThan(1e-5)
      model.dispose()
    })

    // Backend cpu takes a minute for the gradients.
    test.each(['wasm', 'onnx'] as const)(
      "computes PyTorch's loss, gradients and running statistics on backend %s",
      async (backend) => {
        await useBackend(backend)
        const model = build(golden)
        const target = tf.tensor2d(noise(4 * POINTS, 1, 2000), [2, 2 * POINTS])
        const { value: loss, grads } = tf.variableGrads(() => {
          const output = model.apply(createImages(golden), { training: true }) as tf.Tensor2D
          expect(relativeDifference(output.dataSync(), golden.output)).toBeLessThan(1e-3)
          return tf.losses.meanSquaredError(target, output).asScalar()
        })
        expect(Math.abs((loss.dataSync()[0] as number) / golden.loss - 1)).toBeLessThan(1e-3)
        const largest = Math.max(...Object.values(golden.gradients).map(([norm]) => norm as number))
        for (const [name, [norm, ...first]] of Object.entries(golden.gradients)) {
          const variable = (getTorchWeight(model, name) as unknown as { readonly val: tf.Variable }).val
          const gradient = toTorch(grads[variable.name] as tf.Tensor)
          const tolerance = 1e-3 * (norm as number) + 1e-5 * largest
          expect(Math.abs((gradient.norm().dataSync()[0] as number) - (norm as number))).toBeLessThan(tolerance)
          const actual = gradient.flatten().slice(0, first.length).dataSync()
          for (const [i, expected] of first.entries()) {
            expect(Math.abs((actual[i] as number) - expected)).toBeLessThan(tolerance)
          }
        }
        for (const [name, expected] of Object.entries(golden.running)) {
          expect(relativeDifference(getTorchWeight(model, name).read().dataSync(), expected)).toBeLessThan(1e-3)
        }
        model.dispose()
      },
    )
  },
)

describe('resNet', () => {
  beforeAll(() => tf.setBackend('cpu'))

  test.each([18, 34, 50, 101] as const)('resnet%i has the number of layers in its name', (depth) => {
    const model = resNet({ depth, height: 32, width: 32, numKeypoints: 1, baseChannels: 2 })
    const counted = model.layers.filter(
      (layer) => /^(Conv2D|Dense)$/.test(layer.getClassName()) && !layer.name.includes('downsample'),
    )
    expect(counted).toHaveLength(depth)
    expect(model.name).toBe(`resnet${depth}`)
  })

  test('has the strides of torchvision, or blurs that replace them', () => {
    const getLayersByName = (antialias: false | object) => {
      const model = resNet({ depth: 50, height: 240, width: 240, numKeypoints: 68, baseChannels: 8, antialias })
      return new Map(model.layers.map((layer) => [layer.name, layer]))
    }
    const plain = getLayersByName(false)
    const blurred = getLayersByName({ filterSize: 3 })
    const sides = (layers: Map<string, tf.layers.Layer>, ...names: string[]) =>
      names.map((name) => ((layers.get(name) as tf.layers.Layer).outputShape as number[])[1])
    expect(sides(plain, 'conv1', 'maxpool', 'layer2.0.conv2', 'layer2.0.downsample.0', 'layer4.2.relu')).toEqual([
      120, 60, 30, 30, 8,
    ])
    const blurredNames = [
      'conv1',
      'maxblur',
      'layer2.0.conv2',
      'layer2.0.blur',
      'layer2.0.downsample.blur',
      'layer4.2.relu',
    ]
    expect(sides(blurred, ...blurredNames)).toEqual([120, 60, 60, 30, 30, 8])
    expect(blurred.get('layer2.0.blur')?.getConfig()).toMatchObject({ filterSize: 3, strides: 2, padding: 'reflect' })
    expect([...blurred.keys()].filter((name) => name.endsWith('blur'))).toHaveLength(7)
    expect([...plain.keys()].filter((name) => name.endsWith('blur'))).toEqual([])
  })

  test('has He weights with fan-out, the same for the same seed only, and all points in the middle at first', () => {
    const createSmall = (seed: number) =>
      resNet({ depth: 18, height: 32, width: 32, numKeypoints: 2, baseChannels: 16, seed })
    const first = createSmall(3)
    const kernel = (model: tf.LayersModel) =>
      model.getLayer('layer1.0.conv1').getWeights()[0]?.dataSync() as Float32Array
    expect(kernel(first)).toEqual(kernel(createSmall(3)))
    expect(kernel(first)).not.toEqual(kernel(createSmall(4)))
    const deviation = Math.sqrt(kernel(first).reduce((sum, value) => sum + value ** 2, 0) / kernel(first).length)
    expect(deviation / Math.sqrt(2 / (9 * 16))).toBeCloseTo(1, 1)
    expect([...(first.getLayer('fc').getWeights()[1]?.dataSync() ?? [])]).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  test('is saved as layers of TensorFlow.js and BlurPool2D', async () => {
    const model = resNet({ depth: 18, height: 64, width: 64, numKeypoints: 2, baseChannels: 2, antialias: {} })
    let saved: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts))
    const image = tf.tensor4d(noise(64 * 64, 0.5, 1), [1, 64, 64, 1])
    expect((loaded.predict(image) as tf.Tensor).dataSync()).toEqual((model.predict(image) as tf.Tensor).dataSync())
    expect(loaded.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name))
  })

  test('rejects invalid options by name', () => {
    const good = { depth: 18, height: 64, width: 64, numKeypoints: 2 } as const
    for (const bad of [{ depth: 19 }, { numKeypoints: -1 }, { antialias: { filterSize: 9 } }, { inChannels: 0 }]) {
      expect(() => resNet({ ...good, ...(bad as object) })).toThrow(
        expect.objectContaining({
          code: 'MODEL_OPTIONS',
          message: expect.stringContaining(Object.keys(bad)[0] as string),
        }),
      )
    }
    expect(() => resNet({ ...good, height: 16, antialias: {} })).toThrow(expect.objectContaining({ code: 'BLUR_SIZE' }))
  })
})

describe('a frozen batch normalization', () => {
  test('normalizes by its running statistics in training, and does not change them', () => {
    const model = resNet({ depth: 18, height: 32, width: 32, numKeypoints: 2, baseChannels: 2 })
    for (const layer of model.layers) layer.trainable = false
    const image = tf.tensor4d(noise(32 * 32, 0.5, 1), [1, 32, 32, 1])
    const before = getTorchWeight(model, 'bn1.running_var').read().dataSync()
    const trained = (model.apply(image, { training: true }) as tf.Tensor).dataSync()
    expect(trained).toEqual((model.predict(image) as tf.Tensor).dataSync())
    expect(getTorchWeight(model, 'bn1.running_var').read().dataSync()).toEqual(before)
  })
})

// full-size-weights.test.ts has the one of 50 layers without blurs.
const FULL_SIZE = [
  [18, false],
  [34, true],
  [50, true],
  [101, false],
] as const

describe('full-size networks', () => {
  const python = findPython(['torch', 'torchvision'])
  let results: readonly { readonly difference: number; readonly parameterDifference: number }[] = []

  beforeAll(() => {
    if (python === undefined) return
    const program = fileURLToPath(new URL('../../fixtures/full-size-resnet.ts', import.meta.url))
    const networks = FULL_SIZE.flatMap(([depth, antialias]) => [String(depth), String(Number(antialias))])
    results = runProgram(program, [python, ...networks]) as typeof results
  })

  testIf(python, 'a Python with torchvision').each(FULL_SIZE.map((network, i) => [...network, i] as const))(
    "ResNet-%i, anti-aliased: %s, has PyTorch's parameters and prediction",
    (_depth, _antialias, i) => {
      expect(results[i]?.parameterDifference).toBe(0)
      expect(results[i]?.difference).toBeLessThan(1e-4)
    },
  )
})
