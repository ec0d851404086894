import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { BlurPool2D } from './layers.ts'
import { shiftConsistency } from './shift-consistency.ts'

beforeAll(() => tf.setBackend('cpu'))

const SIDE = 16

/** One bright pixel in the dark, at several places. */
function createSpots(): tf.Tensor4D {
  const places = [5 + 6 * SIDE, 8 + 9 * SIDE, 10 + 7 * SIDE]
  return tf.oneHot(tf.tensor1d(places, 'int32'), SIDE * SIDE, 1, 0, 'float32').reshape([3, SIDE, SIDE, 1])
}

/** Predicts where it is brightest, by a sharp softmax, after `reduce` made the image smaller. */
function createPeakModel(reduce: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [SIDE, SIDE, 1] })
  const small = reduce.apply(input) as tf.SymbolicTensor
  const side = small.shape[1] as number
  const center = (i: number): number => (i * (SIDE / side) + 0.5) / SIDE
  const places = Array.from({ length: side * side }, (_, i) => [center(i % side), center(Math.floor(i / side))])
  const layers = [
    tf.layers.conv2d({ filters: 1, kernelSize: 1, useBias: false, weights: [tf.tensor4d([300], [1, 1, 1, 1])] }),
    tf.layers.reshape({ targetShape: [1, side * side] }),
    tf.layers.softmax({ axis: -1 }),
    tf.layers.dense({ units: 2, useBias: false, weights: [tf.tensor2d(places)] }),
    tf.layers.reshape({ targetShape: [2] }),
  ]
  return tf.model({
    inputs: input,
    outputs: layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, small),
  })
}

test('is the shift itself for a model with a constant output', async () => {
  const still = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 16, 1] }),
      tf.layers.dense({ units: 4, kernelInitializer: 'zeros', biasInitializer: 'ones' }),
    ],
  })
  const images = tf.ones([3, 8, 16, 1]) as tf.Tensor4D
  const before = tf.memory().numTensors
  expect(await shiftConsistency(still, images)).toEqual({
    meanPx: 1,
    maxPx: 1,
    shifts: [
      { x: 1, y: 0, meanPx: 1 },
      { x: -1, y: 0, meanPx: 1 },
      { x: 0, y: 1, meanPx: 1 },
      { x: 0, y: -1, meanPx: 1 },
    ],
  })
  expect((await shiftConsistency(still, images, { shifts: [[3, -4]], batchSize: 2 })).meanPx).toBe(5)
  expect(tf.memory().numTensors).toBe(before)
})

test('is 0 for a model that follows the image, also if it blurs, but not if it drops pixels', async () => {
  const off = async (reduce: tf.layers.Layer) => (await shiftConsistency(createPeakModel(reduce), createSpots())).meanPx
  expect(await off(tf.layers.maxPooling2d({ poolSize: 1 }))).toBeLessThan(1e-3)
  expect(await off(new BlurPool2D({ filterSize: 3 }))).toBeLessThan(1e-3)
  expect(await off(tf.layers.maxPooling2d({ poolSize: 1, strides: 2 }))).toBeGreaterThan(0.5)
})

test('rejects invalid models, images and options', async () => {
  const three = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [4, 4, 1] }), tf.layers.dense({ units: 3 })],
  })
  const images = tf.ones([1, 4, 4, 1]) as tf.Tensor4D
  await expect(shiftConsistency(three, images)).rejects.toMatchObject({ code: 'SHIFT_MODEL', received: '[1,3]' })
  const input = tf.input({ shape: [4, 4, 1] })
  const flat = tf.layers.flatten().apply(input) as tf.SymbolicTensor
  const points = tf.layers.dense({ units: 2 }).apply(flat) as tf.SymbolicTensor
  const forked = tf.model({ inputs: input, outputs: [flat, points] })
  const before = tf.memory().numTensors
  await expect(shiftConsistency(forked, images)).rejects.toMatchObject({ code: 'SHIFT_MODEL', received: '2 outputs' })
  expect(tf.memory().numTensors).toBe(before)
  await expect(shiftConsistency(three, images, { shifts: [] })).rejects.toMatchObject({ code: 'SHIFT_OPTIONS' })
  await expect(shiftConsistency(three, images, { shifts: [[0.5, 0]] })).rejects.toMatchObject({
    code: 'SHIFT_OPTIONS',
  })
})
