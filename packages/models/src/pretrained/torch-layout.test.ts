import { readFileSync } from 'node:fs'
import { readTensors } from '@facekp/weights'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { fixturePath, largestDifference } from '../../fixtures/tiny-nets.ts'
import { assignWeights } from './assign-weights.ts'

beforeAll(() => tf.setBackend('cpu'))

const { sequential, layers } = tf

/** Inputs and outputs of the networks of make_layers.py in PyTorch, channels last. */
const golden: Readonly<
  Record<string, { readonly shape: number[]; readonly input: number[]; readonly output: number[] }>
> = JSON.parse(readFileSync(fixturePath('layers.golden.json'), 'utf8'))
const checkpoint = new Uint8Array(readFileSync(fixturePath('layers.pth')))

const NETWORKS: Readonly<Record<string, () => tf.LayersModel>> = {
  prelus: () =>
    sequential({
      layers: [
        layers.conv2d({ name: 'conv', inputShape: [4, 5, 2], filters: 3, kernelSize: 3 }),
        layers.prelu({ name: 'channels', sharedAxes: [1, 2] } as object),
        layers.conv2d({ name: 'conv2', filters: 2, kernelSize: 1 }),
        layers.prelu({ name: 'single' }), // one slope for all, in a layer with a slope for each place
        layers.flatten(),
        layers.prelu({ name: 'features' }),
        layers.batchNormalization({ name: 'norm', epsilon: 1e-5 }),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
  separable: () =>
    sequential({
      layers: [
        layers.separableConv2d({ name: 'block', inputShape: [6, 5, 3], filters: 4, kernelSize: 3, depthMultiplier: 2 }),
        layers.separableConv2d({ name: 'second', filters: 2, kernelSize: 2, useBias: false }),
      ],
    }),
  sequence: () =>
    sequential({
      layers: [
        layers.embedding({ name: 'embedding', inputDim: 7, outputDim: 4, inputLength: 5 }),
        layers.lstm({ name: 'lstm', units: 3, returnSequences: true, recurrentActivation: 'sigmoid' }),
        layers.flatten(),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
  conv1d: () =>
    sequential({
      layers: [
        layers.conv1d({ name: 'conv', inputShape: [5, 2], filters: 3, kernelSize: 2 }),
        layers.reshape({ targetShape: [12] }),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
  norms: () =>
    sequential({
      layers: [
        layers.batchNormalization({ name: 'batch', inputShape: [3, 4, 2], center: false, scale: false, epsilon: 1e-5 }),
        layers.layerNormalization({ name: 'layer', axis: [1, 2, 3], epsilon: 1e-5 }),
      ],
    }),
  conv3d: () =>
    sequential({
      layers: [
        layers.conv3d({ name: 'conv', inputShape: [3, 3, 3, 2], filters: 3, kernelSize: 2 }),
        layers.flatten(),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
  flattened: () =>
    sequential({
      layers: [
        layers.conv2d({ name: 'conv', inputShape: [3, 4, 2], filters: 3, kernelSize: 2 }),
        layers.flatten(),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
}

function load(model: tf.LayersModel, name: string) {
  return assignWeights(model, readTensors(checkpoint, { key: name }))
}

test.each(Object.keys(NETWORKS))("%s: weights of PyTorch give PyTorch's output", (name) => {
  const { shape, input, output } = golden[name] as (typeof golden)[string]
  const model = (NETWORKS[name] as () => tf.LayersModel)()
  const { missingKeys, unexpectedKeys } = load(model, name)
  expect([missingKeys, unexpectedKeys]).toEqual([[], []])
  const predicted = tf.tidy(() => (model.predict(tf.tensor(input, shape)) as tf.Tensor).dataSync())
  expect(largestDifference([...predicted], output)).toBeLessThan(1e-5)
})

test.each(['channelsFirst', 'channelsLast'] as const)(
  'a model with channels first is flattened to %s',
  (dataFormat) => {
    const { shape, input, output } = golden['flattened'] as (typeof golden)[string]
    const model = sequential({
      layers: [
        layers.conv2d({ name: 'conv', inputShape: [2, 3, 4], filters: 3, kernelSize: 2, dataFormat: 'channelsFirst' }),
        layers.flatten(dataFormat === 'channelsLast' ? { dataFormat: 'channelsFirst' } : {}),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    })
    load(model, 'flattened')
    const images = tf.tensor4d(input, shape as [number, number, number, number]).transpose([0, 3, 1, 2])
    expect(largestDifference([...(model.predict(images) as tf.Tensor).dataSync()], output)).toBeLessThan(1e-5)
  },
)

test('a batch norm without weights of its own leaves those of a layer as they are', () => {
  const model = sequential({ layers: [layers.batchNormalization({ name: 'batch', inputShape: [3, 4, 2] })] })
  const { loaded, missingKeys, unexpectedKeys } = load(model, 'norms')
  expect([loaded, missingKeys]).toEqual([
    ['batch/moving_mean', 'batch/moving_variance'],
    ['batch/gamma', 'batch/beta'],
  ])
  expect(unexpectedKeys).toEqual(['layer.weight', 'layer.bias'])
})

/** Puts layers into a nested model that takes maps or features of this shape. */
function nest(inputShape: number[], ...parts: tf.layers.Layer[]): tf.layers.Layer {
  return sequential({ layers: [layers.activation({ activation: 'linear', inputShape }), ...parts] })
}

const conv = () => layers.conv2d({ name: 'conv', filters: 3, kernelSize: 2 })
const fc = () => layers.dense({ name: 'fc', units: 2 })

test.each<[string, () => tf.layers.Layer[]]>([
  ['the flatten is at the end of a nested model', () => [nest([3, 4, 2], conv(), layers.flatten()), fc()]],
  ['the dense layer is in one', () => [conv(), layers.flatten(), nest([18], fc())]],
  ['both are in one', () => [nest([3, 4, 2], conv(), layers.flatten()), nest([18], fc())]],
  [
    'one is in another',
    () => [nest([3, 4, 2], nest([3, 4, 2], conv()), layers.flatten()), nest([18], nest([18], fc()))],
  ],
])('the inputs of a dense layer are permuted if %s', (_, createParts) => {
  const { shape, input, output } = golden['flattened'] as (typeof golden)[string]
  const image = tf.input({ shape: shape.slice(1) })
  const outputs = createParts().reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, image)
  const model = tf.model({ inputs: image, outputs })
  load(model, 'flattened')
  const predicted = model.predict(tf.tensor(input, shape)) as tf.Tensor
  expect(largestDifference([...predicted.dataSync()], output)).toBeLessThan(1e-5)
})
