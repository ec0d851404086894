import { useBackend } from '@facekp/backend'
import { cacheDataset, IMM_58, mapDataset } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'
import { getHead, heatmapNet, resNet } from '@facekp/models'
import {
  adaptiveWingLoss,
  euclideanLoss,
  type Loss,
  predict,
  simccLoss,
  starLoss,
  train,
  weightedSum,
} from '@facekp/trainer'
import { describe, expect, test } from '@jest/globals'
import type * as tf from '@tensorflow/tfjs'

// Each head with each loss that it can have: a few steps on drawn faces bring the points nearer.

const [SIDE, POINTS] = [64, 58]
const drawn = syntheticFaces({ seed: 1, count: 4, scheme: IMM_58, width: SIDE, height: SIDE })
const faces = cacheDataset(mapDataset(drawn, graySample))

const resnet = (head: 'coordinates' | 'heatmaps' | 'simcc') => (): tf.LayersModel =>
  resNet({ depth: 18, height: SIDE, width: SIDE, numKeypoints: POINTS, baseChannels: 2, head, seed: 1 })
const heatmaps = (): tf.LayersModel =>
  heatmapNet({ height: SIDE, width: SIDE, numKeypoints: POINTS, baseChannels: 4, seed: 1 })

interface Case {
  readonly build: () => tf.LayersModel
  readonly loss: Loss
  readonly backends: readonly ('cpu' | 'onnx')[]
}

const both = weightedSum([
  [euclideanLoss, 10],
  [adaptiveWingLoss({ sigma: 1.5 }), 0.1],
])
const CASES: Readonly<Record<string, Case>> = {
  'coordinates, distances': { build: resnet('coordinates'), loss: euclideanLoss, backends: ['cpu', 'onnx'] },
  'heatmaps of a residual network, distances': { build: resnet('heatmaps'), loss: euclideanLoss, backends: ['onnx'] },
  'heatmaps, distances': { build: heatmaps, loss: euclideanLoss, backends: ['onnx'] },
  'heatmaps, Adaptive Wing': { build: heatmaps, loss: adaptiveWingLoss({ sigma: 1.5 }), backends: ['cpu', 'onnx'] },
  'heatmaps, STAR': { build: heatmaps, loss: starLoss(), backends: ['onnx'] },
  'heatmaps, Adaptive Wing and distances': { build: heatmaps, loss: both, backends: ['onnx'] },
  'simcc, divergence': { build: resnet('simcc'), loss: simccLoss({ sigma: 4 }), backends: ['cpu', 'onnx'] },
  'simcc, distances': { build: resnet('simcc'), loss: euclideanLoss, backends: ['onnx'] },
}
const cases = Object.entries(CASES).flatMap(([name, one]) => one.backends.map((backend) => ({ name, backend, ...one })))

describe('a head learns', () => {
  test.each(cases)('$name, on backend $backend', async ({ build, loss, backend }) => {
    await useBackend(backend)
    const model = build()
    const head = getHead(model)
    const before = await predict(model, faces)
    // Backend cpu takes seconds a step.
    const epochs = backend === 'cpu' ? 4 : 16
    const { history } = await train({ model, head, train: faces, epochs, batchSize: 4, learningRate: 0.01, loss })
    const after = await predict(model, faces)
    expect(after.errorPx).toBeLessThan(before.errorPx)
    expect(history.at(-1)?.trainLoss).toBeLessThan(history[0]?.trainLoss as number)
  })
})
