import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { golden, MAP_SHAPE } from '../../fixtures/losses.ts'
import { gaussianHeatmaps, isWithinFrame } from './gaussian-heatmaps.ts'

test('heatmaps equal PyTorch’s', () => {
  const { target, targetMaps, sigmaCells: sigma } = golden.heads
  const [, height, width] = MAP_SHAPE
  const heatmaps = gaussianHeatmaps(tf.tensor2d(target), { height, width, sigma })
  expect(heatmaps.shape).toEqual(MAP_SHAPE)
  for (const [i, value] of heatmaps.dataSync().entries()) expect(value).toBeCloseTo(targetMaps[i] as number, 5)
})

test('a point is within the frame up to its edges', () => {
  const target = tf.tensor2d([[0.5, 0.5, 0, 1, -0.01, 0.5, 0.5, 1.01]])
  expect([...isWithinFrame(target).dataSync()]).toEqual([1, 1, 0, 0])
})
