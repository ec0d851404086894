import { createDataset, createSample, defineScheme } from '@facekp/core'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { evaluate } from './evaluate.ts'
import { predict } from './predict.ts'

beforeAll(() => tf.setBackend('cpu'))

const [WIDTH, HEIGHT] = [8, 4]
const EYES = defineScheme({
  name: 'eyes',
  pointNames: ['right', 'left'],
  flipPairs: [[0, 1]],
  parts: [],
  normalizationPair: [0, 1],
})

/** Pictures of which the left part is bright; the eyes at (1, 1) and (5, 1), each pixel 2 of the original's. */
const dataset = createDataset(
  EYES,
  [0, 1, 2].map((i) =>
    createSample({
      id: `picture ${i}`,
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

/** Says the same whatever it is shown: the right eye at (2, 1), the left at (5, 1). */
function constantNet(): tf.LayersModel {
  const dense = tf.layers.dense({ units: 4 })
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [HEIGHT, WIDTH, 1] }), dense] })
  const told = [2.5 / WIDTH, 1.5 / HEIGHT, 5.5 / WIDTH, 1.5 / HEIGHT]
  dense.setWeights([tf.zeros([WIDTH * HEIGHT, 4]), tf.tensor1d(told)])
  return model
}

test('errors are of the original, by hand: one eye off by 2 px of 8 between the eyes', async () => {
  const { nme, errorPx, maePx, failureRate, faceCount } = await evaluate(constantNet(), dataset)
  expect(faceCount).toBe(3)
  expect(errorPx.value).toBeCloseTo(1, 5)
  expect(nme.value).toBeCloseTo(1 / 8, 5)
  expect(maePx.value).toBeCloseTo(0.5, 5)
  expect(failureRate.value).toBe(1)
})

test('what a head reads of the outputs is measured', async () => {
  const network = constantNet()
  const head = {
    network,
    decode: ([points]: readonly tf.Tensor[]) => ({ points: tf.add<tf.Tensor2D>(points as tf.Tensor2D, 1 / WIDTH) }),
  }
  // An eighth of each side farther: off by (2, 0.5) and (1, 0.5) pixels, each 2 of the original's.
  const { maePx } = await evaluate(network, dataset, { head })
  expect(maePx.value).toBeCloseTo((4 + 1 + 2 + 1) / 4, 5)
})

test('flipTest takes the mean with the mirror image, sides exchanged', async () => {
  // In the mirror image the same is told: the right eye at 2 is, taken back, the left one at 7 - 2 = 5; the left at 5 is the right one at 2.
  const { predictions } = await predict(constantNet(), dataset, { flipTest: true })
  for (const { points } of predictions) expect([...points].map((x) => Number(x.toFixed(4)))).toEqual([2, 1, 5, 1])
})

test('flipTest shows the network the mirror image itself', async () => {
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
        const turned = Float32Array.from(data, (_, at) => data[at - (at % WIDTH) + WIDTH - 1 - (at % WIDTH)] as number)
        return { ...sample, image: { ...sample.image, data: turned } }
      }),
    ),
  )
  const [plain, other, both] = [
    await predict(net, dataset),
    await predict(net, mirrored),
    await predict(net, dataset, { flipTest: true }),
  ]
  for (const [i, { points }] of both.predictions.entries()) {
    const [direct, found] = [plain.predictions[i]?.points, other.predictions[i]?.points] as [Float32Array, Float32Array]
    const back = [WIDTH - 1 - (found[2] as number), found[3], WIDTH - 1 - (found[0] as number), found[1]] as number[]
    for (const [j, value] of points.entries())
      expect(value).toBeCloseTo(((direct[j] as number) + (back[j] as number)) / 2, 4)
  }
})
