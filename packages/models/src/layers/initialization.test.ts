import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { heatmapNet } from '../networks/heatmap-net.ts'
import { noseNet } from '../networks/nose-net.ts'
import { resNet } from '../networks/resnet.ts'
import { layerInitializers } from './initialization.ts'

beforeAll(() => tf.setBackend('cpu'))

type Seeded = { readonly seed?: number }

type Weights = Map<string, Float32Array>

/** Reads all or the trainable weights by their names, and disposes the model. */
function readWeights(model: tf.LayersModel, which: 'weights' | 'trainableWeights' = 'weights'): Weights {
  const weights = new Map(model[which].map((weight) => [weight.originalName, weight.read().dataSync() as Float32Array]))
  model.dispose()
  return weights
}

/** Lists the weights of `first` that are not bit-identical in `second`. */
function listDifferences(first: Weights, second: Weights): string[] {
  // Comparing number by number takes seconds.
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  const same = (a: Float32Array, b: Float32Array) => bytes(a).equals(bytes(b))
  return [...first].flatMap(([name, values]) => (same(values, second.get(name) as Float32Array) ? [] : [name]))
}

const residual = { height: 64, width: 64, numKeypoints: 2, baseChannels: 4 } as const
const networks: [string, (seed: Seeded) => tf.LayersModel][] = [
  ['resnet18', (seed) => resNet({ ...residual, depth: 18, ...seed })],
  ['resnet50, anti-aliased', (seed) => resNet({ ...residual, depth: 50, antialias: {}, ...seed })],
  ['resnet18 with heatmaps', (seed) => resNet({ ...residual, depth: 18, head: 'heatmaps', ...seed })],
  ['resnet18 with simcc', (seed) => resNet({ ...residual, depth: 18, head: 'simcc', ...seed })],
  ['heatmapNet', (seed) => heatmapNet({ height: 32, width: 32, numKeypoints: 2, baseChannels: 4, ...seed })],
  ['noseNet, initialized as by PyTorch', (seed) => noseNet(seed)],
  ['noseNet with He initialization', (seed) => noseNet({ initialization: 'he', ...seed })],
]

test.each(networks)('%s has bit-identical weights for the same seed only, also for seed 0', (_, build) => {
  const first = readWeights(build({}))
  expect(listDifferences(first, readWeights(build({})))).toEqual([])
  expect(listDifferences(first, readWeights(build({ seed: 0 })))).toEqual([])
  for (const seed of [1, -1]) {
    const other = readWeights(build({ seed }), 'trainableWeights')
    expect(listDifferences(other, readWeights(build({ seed })))).toEqual([])
    const kernels = [...other.keys()].filter((name) => name.endsWith('kernel'))
    expect(listDifferences(other, first)).toEqual(expect.arrayContaining(kernels))
  }
})

test('weights of seeds other than 0 are what TensorFlow.js draws of them', () => {
  const initializers = layerInitializers('he', 2)
  const [first, second] = [initializers({ fanIn: 8 }), initializers({ fanIn: 2 })]
  const drawn = (stddev: number, seed: number) => tf.randomNormal([20], 0, stddev, 'float32', seed).dataSync()
  expect(first.kernelInitializer.apply([20]).dataSync()).toEqual(drawn(0.5, 200))
  expect(second.kernelInitializer.apply([20]).dataSync()).toEqual(drawn(1, 201))
})

test('the first weights of seed 0 are none of those after them', () => {
  const initializers = layerInitializers('he', 0)
  const drawn = Array.from({ length: 100 }, () =>
    initializers({ fanIn: 2 }).kernelInitializer.apply([4]).dataSync().join(),
  )
  expect(new Set(drawn).size).toBe(100)
})
