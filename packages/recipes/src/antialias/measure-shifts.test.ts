import { createDataset, createImage, createSample, type Dataset, defineScheme } from '@facekp/core'
import { setPreprocessing } from '@facekp/models'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { createShiftedFaces, measureShifts, type ShiftedFaces } from './measure-shifts.ts'

const SIDE = 96
const SIZE = 24
const SPOT = defineScheme({ name: 'spot', pointNames: ['spot'], flipPairs: [], parts: [] })

let shifted: ShiftedFaces
beforeAll(async () => {
  await tf.setBackend('cpu')
  shifted = createShiftedFaces(createSpot(), { size: SIZE, margin: 0.5 })
})

/** A bright spot in the middle of the dark. */
function createSpot(): Dataset {
  const center = (SIDE - 1) / 2
  const squaredDistance = (i: number): number => ((i % SIDE) - center) ** 2 + (Math.floor(i / SIDE) - center) ** 2
  const data = Uint8Array.from({ length: SIDE ** 2 }, (_, i) => 255 * Math.exp(-squaredDistance(i) / 128))
  const image = createImage(data, SIDE, SIDE, 1)
  const keypoints = Float32Array.of(center, center)
  const box = { left: 24, top: 24, width: 48, height: 48 }
  return createDataset(SPOT, [createSample({ id: 'spot', image, keypoints, box })])
}

/** Predicts `kernel` x pixels + 1/2; bytes become -0.5..0.5. */
function createDense(kernel: tf.Tensor2D): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [SIZE, SIZE, 1] }),
      tf.layers.dense({ units: 2, weights: [kernel, tf.tensor1d([0.5, 0.5])] }),
    ],
  })
  setPreprocessing(model, { channels: 1, mean: [0.5], std: [1] })
  return model
}

test('is the shift itself for a network with a constant output, and its jitter that of the path', async () => {
  const { halfShiftPx, quarterShiftPx, jitterPx } = await measureShifts(createDense(tf.zeros([SIZE ** 2, 2])), shifted)
  expect(halfShiftPx).toBeCloseTo(0.5, 5)
  expect(quarterShiftPx).toBeCloseTo(0.25, 5)
  // The second difference on a circle of 2 px and 32 steps has the length 2 (2 - 2 cos(2 pi / 32)).
  expect(jitterPx).toBeCloseTo((4 - 4 * Math.cos(Math.PI / 16)) / Math.sqrt(2), 5)
})

test('is nearly 0 for the center of mass, which follows the spot', async () => {
  const offset = (i: number): number => (i + 0.5) / SIZE - 0.5
  const mass = 2 * Math.PI * 2 ** 2 // of a Gaussian with a standard deviation of 2 px
  const offsets = Array.from({ length: SIZE ** 2 }, (_, i) => [
    offset(i % SIZE) / mass,
    offset(Math.floor(i / SIZE)) / mass,
  ])
  const { halfShiftPx, quarterShiftPx, jitterPx } = await measureShifts(createDense(tf.tensor2d(offsets)), shifted)
  expect(halfShiftPx).toBeLessThan(0.02)
  expect(quarterShiftPx).toBeLessThan(0.02)
  expect(jitterPx).toBeLessThan(0.02)
})
