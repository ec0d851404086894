import { readFileSync } from 'node:fs'
import { useBackend } from '@facekp/backend'
import type { NamedTensor } from '@facekp/weights'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { getTorchWeight, noise, relativeDifference, toTorch } from '../../fixtures/torch-state.ts'
import { createModel } from '../create-model.ts'
import { featureModel } from '../inspect/feature-model.ts'
import { resNet } from '../networks/resnet.ts'
import { assignWeights } from '../pretrained/assign-weights.ts'
import { getHead, type HeadKind } from './head.ts'
import { softArgmax2d } from './heatmaps.ts'
import { simccHead } from './simcc.ts'

interface Golden {
  readonly weights: readonly (readonly [string, readonly number[]])[]
  readonly points: number[][]
  readonly confidence: number[][]
  readonly gradient: number[]
  readonly gradients: Readonly<Record<string, readonly [norm: number, first: number]>>
}

// Made by heads.golden.py beside this file.
const goldens = JSON.parse(readFileSync(new URL('heads.golden.json', import.meta.url), 'utf8')) as Record<
  'heatmaps' | 'simcc',
  Golden
>
const [BATCH, CHANNELS, ROWS, COLUMNS, POINTS] = [2, 16, 2, 3, 3]

/** Builds a network with the script's feature size, and fills its head's weights by the script's formula. */
function build(head: 'heatmaps' | 'simcc'): tf.LayersModel {
  const model = resNet({
    depth: 18,
    height: 32 * ROWS,
    width: 32 * COLUMNS,
    numKeypoints: POINTS,
    baseChannels: 2,
    head,
  })
  for (const [number, [name, shape]] of goldens[head].weights.entries()) {
    const size = shape.reduce((a, b) => a * b)
    const plain = shape.length === 1
    const center = plain && number % 3 === 1 && head === 'heatmaps' && number < 9 ? 1 : 0
    const scale = plain ? 0.2 : 1.5 * Math.sqrt(6 / (size / (shape[0] as number)))
    const values = tf.tensor1d(noise(size, scale, number).map((value) => center + value)).reshape([...shape])
    const axes = shape.length === 4 ? [2, 3, 1, 0] : [1, 0]
    getTorchWeight(model, name).write(plain ? values : values.transpose(axes))
  }
  return model
}

/** Applies the head's layers to features. */
function applyHead(model: tf.LayersModel, head: 'heatmaps' | 'simcc', features: tf.Tensor): tf.Tensor[] {
  const applyLayers = (names: readonly string[], input: tf.Tensor): tf.Tensor =>
    names.reduce((x, name) => model.getLayer(name).apply(x) as tf.Tensor, input)
  if (head === 'heatmaps') {
    return [applyLayers([...Array.from({ length: 9 }, (_, i) => `deconv_layers.${i}`), 'heatmaps'], features)]
  }
  const byPoint = applyLayers(['simcc_maps', 'simcc_flatten', 'simcc_by_point'], features)
  return ['simcc_x', 'simcc_y'].map((name) => applyLayers([name], byPoint))
}

beforeAll(() => tf.setBackend('cpu'))

const heads = ['heatmaps', 'simcc'] as const
const backends = ['cpu', 'wasm', 'onnx'] as const

describe.each(heads.flatMap((head) => backends.map((backend) => ({ head, backend }))))(
  'head $head on backend $backend',
  ({ head, backend }) => {
    const { points, confidence, gradient, gradients, weights } = goldens[head]

    test("has PyTorch's points, confidences and gradients", async () => {
      await useBackend(backend)
      const model = build(head)
      const { kind, decode } = getHead(model)
      expect(kind).toBe(head)
      const size = BATCH * CHANNELS * ROWS * COLUMNS
      const features = tf.variable(
        tf.tensor4d(noise(size, 1, 100), [BATCH, CHANNELS, ROWS, COLUMNS]).transpose([0, 2, 3, 1]),
      )
      const { grads } = tf.variableGrads(() => {
        const decoded = decode(applyHead(model, head, features))
        expect(relativeDifference(decoded.points.dataSync(), points.flat())).toBeLessThan(1e-5)
        expect(relativeDifference(decoded.confidence?.dataSync() ?? [], confidence.flat())).toBeLessThan(1e-5)
        return decoded.points.mul(tf.tensor2d(noise(BATCH * 2 * POINTS, 1, 200), [BATCH, 2 * POINTS])).sum()
      })
      const featureGradient = tf.transpose(grads[features.name] as tf.Tensor, [0, 3, 1, 2])
      expect(relativeDifference(featureGradient.dataSync(), gradient)).toBeLessThan(1e-4)
      const largest = Math.max(...Object.values(gradients).map(([norm]) => norm))
      for (const [name] of weights) {
        const { val } = getTorchWeight(model, name) as unknown as { val: tf.Variable }
        const [norm, first] = gradients[name] as [number, number]
        const torchGradient = toTorch(grads[val.name] as tf.Tensor)
        expect(Math.abs((torchGradient.norm().dataSync()[0] as number) - norm)).toBeLessThan(1e-4 * largest)
        expect(Math.abs((torchGradient.dataSync()[0] as number) - first)).toBeLessThan(1e-4 * largest)
      }
    })
  },
)

/** Gets the weights of a model as tensors of a file. */
const getTensors = (model: tf.LayersModel): NamedTensor[] =>
  model.weights.map((weight) => ({
    name: weight.originalName,
    dtype: 'float32',
    shape: weight.shape as number[],
    data: weight.read().dataSync() as Float32Array,
  }))

test('weights of another head or size are assigned to the layers in common, never to the cell centers', () => {
  const options = { depth: 18, numKeypoints: POINTS, baseChannels: 2 } as const
  const source = getTensors(resNet({ ...options, height: 32, width: 32, head: 'heatmaps', seed: 1 }))
  const same = assignWeights(resNet({ ...options, height: 64, width: 32, head: 'heatmaps', seed: 2 }), source)
  expect(same).toMatchObject({ missingKeys: [], unexpectedKeys: [], ignored: ['places/kernel'] })
  const fewer = assignWeights(resNet({ ...options, numKeypoints: 2, height: 64, width: 32, head: 'heatmaps' }), source)
  expect(fewer).toMatchObject({ missingKeys: [], replaced: ['heatmaps/kernel', 'heatmaps/bias'] })
  const other = assignWeights(resNet({ ...options, height: 32, width: 32, head: 'simcc' }), source)
  expect(other.missingKeys.map((name) => name.split('/')[0])).toEqual(
    ['simcc_maps', 'simcc_x', 'simcc_y'].flatMap((name) => [name, name]),
  )
  expect(other.unexpectedKeys.every((name) => /^(deconv_layers|heatmaps)/.test(name))).toBe(true)
})

describe('getHead', () => {
  const createInput = () => tf.tensor4d(noise(64 * 64, 0.5, 1), [1, 64, 64, 1])

  const small = { height: 64, width: 64, numKeypoints: 4, seed: 2 }
  const residual = (head: HeadKind) => () => resNet({ ...small, depth: 18, baseChannels: 8, head })

  test.each<[string, HeadKind, () => tf.LayersModel]>([
    ['a residual network', 'coordinates', residual('coordinates')],
    ['a residual network', 'heatmaps', residual('heatmaps')],
    ['a residual network', 'simcc', residual('simcc')],
    ['heatmapNet16', 'heatmaps', () => createModel('heatmapNet16', { inputSize: 64, numKeypoints: 4, seed: 2 })],
  ])('decodes the same points as %s with head %s predicts, also after loading', async (_, head, create) => {
    await useBackend('wasm')
    const model = create()
    const files = await new Promise<tf.io.ModelArtifacts>((resolve) => {
      const handler = tf.io.withSaveHandler(async (artifacts) => {
        resolve(artifacts)
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      })
      void model.save(handler)
    })
    const expected = [...(model.predict(createInput()) as tf.Tensor).dataSync()]
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(files))
    for (const candidate of [model, loaded]) {
      const { kind, network, decode } = getHead(candidate)
      expect(kind).toBe(head)
      const { points, confidence, heatmaps, simcc } = decode([network.predict(createInput())].flat() as tf.Tensor[])
      expect(relativeDifference(points.dataSync(), expected)).toBeLessThan(1e-5)
      expect(confidence?.shape).toEqual(head === 'coordinates' ? undefined : [1, 4])
      expect(heatmaps?.shape).toEqual(head === 'heatmaps' ? [1, 16, 16, 4] : undefined)
      expect(simcc?.x.shape).toEqual(head === 'simcc' ? [1, 4, 128] : undefined)
    }
  })

  test('decode leaves only its results in memory', () => {
    const { decode } = getHead(createModel('heatmapNet16', { inputSize: 32 }))
    const maps = tf.zeros([1, 8, 8, 68])
    const before = tf.memory().numTensors
    const { points, confidence, heatmaps } = decode([maps])
    expect(tf.memory().numTensors).toBe(before + 3)
    tf.dispose([points, confidence as tf.Tensor, heatmaps as tf.Tensor])
  })

  test('rejects a model that does not predict points', () => {
    const model = featureModel(residual('coordinates')(), ['relu', 'layer4.1.relu'])
    expect(() => getHead(model)).toThrow(expect.objectContaining({ code: 'MODEL_HEAD' }))
  })
})

test('layers of heads leave no tensor when their model is disposed of', () => {
  const before = tf.memory().numTensors
  const heatmaps = tf.input({ shape: [4, 6, 3] })
  tf.model({ inputs: heatmaps, outputs: softArgmax2d(heatmaps) }).dispose()
  const features = tf.input({ shape: [2, 3, 4] })
  const points = simccHead(features, { width: 12, height: 8, numKeypoints: 3, seed: 1 })
  tf.model({ inputs: features, outputs: points }).dispose()
  expect(tf.memory().numTensors).toBe(before)
})
