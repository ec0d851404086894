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

// A few steps on synthetic faces reduce the error, for each head with each loss that it supports.

const SIDE = 32
const POINTS = 58
const images = syntheticFaces({ seed: 1, count: 4, scheme: IMM_58, width: SIDE, height: SIDE })
const faces = cacheDataset(mapDataset(images, graySample))

const resnet = (head: 'coordinates' | 'heatmaps' | 'simcc') => (): tf.LayersModel =>
  resNet({ depth: 18, height: SIDE, width: SIDE, numKeypoints: POINTS, baseChannels: 2, head, seed: 1 })
const heatmaps = (): tf.LayersModel =>
  heatmapNet({ height: SIDE, width: SIDE, numKeypoints: POINTS, baseChannels: 4, seed: 1 })

interface Case {
  readonly build: () => tf.LayersModel
  readonly loss: Loss
  readonly backends: readonly ('cpu' | 'onnx')[]
}

const weighted = weightedSum([
  [euclideanLoss, 10],
  [adaptiveWingLoss({ sigma: 1.5 }), 0.1],
])
const CASES: Readonly<Record<string, Case>> = {
  'coordinates, Euclidean': { build: resnet('coordinates'), loss: euclideanLoss, backends: ['cpu', 'onnx'] },
  'heatmaps of a residual network, Euclidean': { build: resnet('heatmaps'), loss: euclideanLoss, backends: ['onnx'] },
  'heatmaps, Euclidean': { build: heatmaps, loss: euclideanLoss, backends: ['onnx'] },
  'heatmaps, Adaptive Wing': { build: heatmaps, loss: adaptiveWingLoss({ sigma: 1.5 }), backends: ['cpu', 'onnx'] },
  'heatmaps, STAR': { build: heatmaps, loss: starLoss(), backends: ['onnx'] },
  'heatmaps, Adaptive Wing and Euclidean': { build: heatmaps, loss: weighted, backends: ['onnx'] },
  'simcc, SimCC': { build: resnet('simcc'), loss: simccLoss({ sigma: 4 }), backends: ['cpu', 'onnx'] },
  'simcc, Euclidean': { build: resnet('simcc'), loss: euclideanLoss, backends: ['onnx'] },
}
const cases = Object.entries(CASES).flatMap(([name, entry]) =>
  entry.backends.map((backend) => ({ name, backend, ...entry })),
)

describe('a head learns', () => {
  test.each(cases)('$name, on backend $backend', async ({ build, loss, backend }) => {
    await useBackend(backend)
    const model = build()
    const head = getHead(model)
    const before = await predict(model, faces)
    // Backend cpu takes seconds per step.
    const epochs = backend === 'cpu' ? 4 : 16
    const { history } = await train({ model, head, train: faces, epochs, batchSize: 4, learningRate: 0.01, loss })
    const after = await predict(model, faces)
    expect(after.errorPx).toBeLessThan(before.errorPx)
    expect(history.at(-1)?.trainLoss).toBeLessThan(history[0]?.trainLoss as number)
  })
})
