import type { Dataset, Json, Sample } from '@facekp/core'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dotNet, dots, HEIGHT, WIDTH } from '../../fixtures/dots.ts'
import { predict } from './predict.ts'
import type { InvertibleTransform } from './tta.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Creates a transform that moves the points left by `getShift`, and back. */
function shift(getShift: (random: { uniform(): number }) => number): InvertibleTransform {
  const move = (points: Float32Array, x: Json) =>
    points.map((value, i) => (i % 2 === 0 ? value + (x as number) : value))
  return {
    makeParams: (random) => getShift(random),
    apply: (sample: Sample, x) => ({ ...sample, keypoints: move(sample.keypoints, -(x as number)) }),
    inverse: (x) => (points) => move(points, x),
  }
}

/** Creates a network that predicts the pixel (2.5, 3.5) for any image. */
function constantNet(): tf.LayersModel {
  const dense = tf.layers.dense({ units: 2 })
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), dense] })
  dense.setWeights([tf.zeros([WIDTH * HEIGHT, 2]), tf.tensor1d([3 / WIDTH, 4 / HEIGHT])])
  return model
}

test('tta maps the points of each view back and averages them, by hand', async () => {
  const shifts = [1, 2, 6]
  const tta = { transform: shift(() => shifts.shift() as number), views: 3, seed: 1 }
  const sample = await dots(1).get(0)
  const { predictions, errorPx, loss } = await predict(constantNet(), dots(1), { tta })
  const [x, y] = sample.keypoints as unknown as [number, number]
  // The mean of 2.5 + 1, 2.5 + 2 and 2.5 + 6.
  expect([...(predictions[0]?.points ?? [])]).toEqual([5.5, 3.5])
  expect(predictions[0]?.sample.keypoints).toEqual(sample.keypoints)
  expect(errorPx).toBeCloseTo(10 * Math.hypot(5.5 - x, 3.5 - y), 4)
  // In each view the keypoint is `shift` further left.
  const losses = [1, 2, 6].map((dx) => (((2.5 - (x - dx)) / WIDTH) ** 2 + ((3.5 - y) / HEIGHT) ** 2) / 2)
  expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value) / 3, 5)
})

test('tta gives the same points for the same seed, and other ones for another', async () => {
  const transform = shift((random) => random.uniform())
  const run = async (seed: number) => {
    const { predictions } = await predict(dotNet(), dots(3), { tta: { transform, views: 2, seed }, batchSize: 2 })
    return predictions.map(({ points }) => [...points])
  }
  const first = await run(1)
  expect(await run(1)).toEqual(first)
  expect(await run(2)).not.toEqual(first)
})

test('tta with a transform that changes nothing gives the prediction itself', async () => {
  const tta = { transform: shift(() => 0), views: 1, seed: 1 }
  const { predictions, loss } = await predict(dotNet(), dots(2), { tta })
  const plain = await predict(dotNet(), dots(2))
  expect(predictions.map(({ points }) => points)).toEqual(plain.predictions.map(({ points }) => points))
  expect(loss).toBe(plain.loss)
})

test('tta takes a dataset of a class with getters', async () => {
  class DotDataset implements Dataset {
    get length() {
      return 2
    }

    get scheme() {
      return dots(2).scheme
    }

    get(index: number) {
      return dots(2).get(index)
    }
  }
  const tta = { transform: shift(() => 0), views: 1, seed: 1 }
  const { predictions } = await predict(dotNet(), new DotDataset(), { tta })
  const plain = await predict(dotNet(), dots(2))
  expect(predictions.map(({ points }) => points)).toEqual(plain.predictions.map(({ points }) => points))
})

test.each<[object, string, string, string]>([
  [{ views: 0 }, 'tta.views', 'a number above 0', '0'],
  [{ seed: 0.5 }, 'tta.seed', 'an integer', '0.5'],
  [{ transform: {} }, 'tta.transform', 'a transform with makeParams, apply and inverse', '{}'],
])('tta rejects %j', async (changes, name, expected, received) => {
  const tta = { transform: shift(() => 0), views: 1, seed: 1, ...changes }
  await expect(predict(dotNet(), dots(1), { tta })).rejects.toMatchObject({
    code: 'TRAIN_OPTION',
    problem: `option ${name} of predict`,
    expected,
    received,
  })
})
