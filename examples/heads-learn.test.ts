import { useEngine } from '@facekp/backend'
import { cacheDataset, IMM_58, mapDataset } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'
import { headOf, heatmapNet, resNet } from '@facekp/models'
import {
  adaptiveWing,
  axisDivergence,
  type Loss,
  meanDistance,
  predict,
  star,
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
  resNet({ depth: 18, height: SIDE, width: SIDE, points: POINTS, channels: 2, head, seed: 1 })
const heatmaps = (): tf.LayersModel => heatmapNet({ height: SIDE, width: SIDE, points: POINTS, channels: 4, seed: 1 })

interface Case {
  readonly build: () => tf.LayersModel
  readonly loss: Loss
  readonly engines: readonly ('cpu' | 'onnx')[]
}

const both = weightedSum([
  [meanDistance, 10],
  [adaptiveWing({ sigma: 1.5 }), 0.1],
])
const CASES: Readonly<Record<string, Case>> = {
  'coordinates, distances': { build: resnet('coordinates'), loss: meanDistance, engines: ['cpu', 'onnx'] },
  'heatmaps of a residual network, distances': { build: resnet('heatmaps'), loss: meanDistance, engines: ['onnx'] },
  'heatmaps, distances': { build: heatmaps, loss: meanDistance, engines: ['onnx'] },
  'heatmaps, Adaptive Wing': { build: heatmaps, loss: adaptiveWing({ sigma: 1.5 }), engines: ['cpu', 'onnx'] },
  'heatmaps, STAR': { build: heatmaps, loss: star(), engines: ['onnx'] },
  'heatmaps, Adaptive Wing and distances': { build: heatmaps, loss: both, engines: ['onnx'] },
  'simcc, divergence': { build: resnet('simcc'), loss: axisDivergence({ sigma: 4 }), engines: ['cpu', 'onnx'] },
  'simcc, distances': { build: resnet('simcc'), loss: meanDistance, engines: ['onnx'] },
}
const cases = Object.entries(CASES).flatMap(([name, one]) => one.engines.map((engine) => ({ name, engine, ...one })))

describe('a head learns', () => {
  test.each(cases)('$name, on engine $engine', async ({ build, loss, engine }) => {
    await useEngine(engine)
    const model = build()
    const head = headOf(model)
    const before = await predict(model, faces)
    // Engine cpu takes seconds a step.
    const epochs = engine === 'cpu' ? 4 : 16
    const { history } = await train({ model, head, train: faces, epochs, batchSize: 4, learningRate: 0.01, loss })
    const after = await predict(model, faces)
    expect(after.errorPx).toBeLessThan(before.errorPx)
    expect(history.at(-1)?.trainLoss).toBeLessThan(history[0]?.trainLoss as number)
  })
})
