import { createDataset, createSample, defineScheme } from '@facekp/core'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { evaluate } from './evaluate.ts'
import { predict } from './predict.ts'

beforeAll(() => tf.setBackend('cpu'))

const WIDTH = 8
const HEIGHT = 4
const EYES = defineScheme({
  name: 'eyes',
  pointNames: ['right', 'left'],
  flipPairs: [[0, 1]],
  parts: [],
  normalizationPair: [0, 1],
})

/** Images with a bright left part; the eyes are at (1, 1) and (5, 1); a pixel is 2 pixels of the original. */
const dataset = createDataset(
  EYES,
  [0, 1, 2].map((i) =>
    createSample({
      id: `image ${i}`,
      image: {
        width: WIDTH,
        height: HEIGHT,
        channels: 1,
        data: Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) => (at % WIDTH < 3 + i ? 0.5 : -0.5)),
      },
      keypoints: Float32Array.of(1, 1, 5, 1),
      toSource: [2, 0, 0.5, 0, 2, 0.5],
    }),
  ),
)

/** Creates a network that predicts the right eye at (2, 1), the left at (5, 1), for any image. */
function constantNet(): tf.LayersModel {
  const dense = tf.layers.dense({ units: 4 })
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), dense] })
  const points = [2.5 / WIDTH, 1.5 / HEIGHT, 5.5 / WIDTH, 1.5 / HEIGHT]
  dense.setWeights([tf.zeros([WIDTH * HEIGHT, 4]), tf.tensor1d(points)])
  return model
}

test('errors are in original pixels, by hand: one eye is off by 2 px; the eyes are 8 px apart', async () => {
  const { nme, errorPx, maePx, failureRate, faceCount } = await evaluate(constantNet(), dataset)
  expect(faceCount).toBe(3)
  expect(errorPx.value).toBeCloseTo(1, 5)
  expect(nme.value).toBeCloseTo(1 / 8, 5)
  expect(maePx.value).toBeCloseTo(0.5, 5)
  expect(failureRate.value).toBe(1)
})

test('refuses options that no prediction fits before it reads an image', async () => {
  const unread = { ...dataset, get: () => Promise.reject(new Error('an image was read')) }
  const evaluation = evaluate(constantNet(), unread, { normalization: 'interpupil' })
  await expect(evaluation).rejects.toMatchObject({ code: 'METRIC_NORMALIZATION' })
})

test('evaluates the points that a head decodes', async () => {
  const network = constantNet()
  const head = {
    network,
    decode: ([points]: readonly tf.Tensor[]) => ({ points: tf.add<tf.Tensor2D>(points as tf.Tensor2D, 1 / WIDTH) }),
  }
  // 1/8 of each side farther: off by (2, 0.5) and (1, 0.5) pixels, each 2 of the original's.
  const { maePx } = await evaluate(network, dataset, { head })
  expect(maePx.value).toBeCloseTo((4 + 1 + 2 + 1) / 4, 5)
})

test('flipTest averages with the mirror image, left and right exchanged', async () => {
  // In the mirror image too the right eye is at 2: mapped back, the left eye at 7 - 2 = 5; the left eye at 5 becomes the right one at 2.
  const { predictions } = await predict(constantNet(), dataset, { flipTest: true })
  for (const { points } of predictions) expect([...points].map((x) => Number(x.toFixed(4)))).toEqual([2, 1, 5, 1])
})

test('flipTest predicts on the mirror image itself', async () => {
  const net = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }),
      tf.layers.dense({ units: 4, useBias: false, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) }),
    ],
  })
  const mirrored = createDataset(
    EYES,
    await Promise.all(
      [0, 1, 2].map(async (i) => {
        const sample = await dataset.get(i)
        const { data } = sample.image
        const flipped = Float32Array.from(data, (_, at) => data[at - (at % WIDTH) + WIDTH - 1 - (at % WIDTH)] as number)
        return { ...sample, image: { ...sample.image, data: flipped } }
      }),
    ),
  )
  const plain = await predict(net, dataset)
  const fromMirrored = await predict(net, mirrored)
  const both = await predict(net, dataset, { flipTest: true })
  for (const [i, { points }] of both.predictions.entries()) {
    const direct = plain.predictions[i]?.points as Float32Array
    const mirror = fromMirrored.predictions[i]?.points as Float32Array
    const back = [
      WIDTH - 1 - (mirror[2] as number),
      mirror[3],
      WIDTH - 1 - (mirror[0] as number),
      mirror[1],
    ] as number[]
    for (const [j, value] of points.entries())
      expect(value).toBeCloseTo(((direct[j] as number) + (back[j] as number)) / 2, 4)
  }
})
