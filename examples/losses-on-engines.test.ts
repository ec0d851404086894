import { useEngine } from '@facekp/backend'
import {
  adaptiveWing,
  meanAbsoluteError,
  meanDistance,
  meanSquaredError,
  type PointLoss,
  smoothL1,
  softWing,
  star,
  wing,
} from '@facekp/trainer'
import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'

// Each loss and its gradient on the engines that train, as on engine cpu.

const [BATCH, POINTS, SIDE] = [2, 5, 12]

const target = () => tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0.1, 0.9, 'float32', 1)
const truth = () => ({
  target: target(),
  labelled: tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0, 1, 'float32', 2),
  aspect: 1.5,
})
const maps = (seed: number) => tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, POINTS], 0, 1, 'float32', seed)
const prediction = () => target().add(tf.randomNormal([BATCH, 2 * POINTS], 0, 0.02, 'float32', 3)) as tf.Tensor2D

const ofPoints = (loss: PointLoss) => ({
  at: (): tf.Tensor => prediction(),
  loss: (x: tf.Tensor): tf.Scalar => loss(x as tf.Tensor2D, truth()),
})

const LOSSES = {
  meanSquaredError: ofPoints(meanSquaredError),
  meanAbsoluteError: ofPoints(meanAbsoluteError),
  meanDistance: ofPoints(meanDistance),
  smoothL1: ofPoints(smoothL1()),
  wing: ofPoints(wing()),
  softWing: ofPoints(softWing()),
  adaptiveWing: {
    at: (): tf.Tensor => maps(4),
    loss: (x: tf.Tensor): tf.Scalar =>
      adaptiveWing()(x as tf.Tensor4D, maps(5), tf.randomUniform([BATCH, POINTS], 0, 1, 'float32', 6)),
  },
  star: { at: (): tf.Tensor => maps(7), loss: (x: tf.Tensor): tf.Scalar => star()(x as tf.Tensor4D, truth()) },
}

async function valueAndGradient(engine: 'cpu' | 'onnx' | 'wasm', name: keyof typeof LOSSES): Promise<number[]> {
  await useEngine(engine)
  const { at, loss } = LOSSES[name]
  return tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad(loss)(at())
    return [...value.dataSync(), ...grad.dataSync()]
  })
}

test.each(Object.keys(LOSSES) as (keyof typeof LOSSES)[])('%s', async (name) => {
  const expected = await valueAndGradient('cpu', name)
  const [value, ...gradient] = expected as [number, ...number[]]
  const largest = Math.max(...gradient.map(Math.abs))
  for (const engine of ['onnx', 'wasm'] as const) {
    const [found, ...slopes] = (await valueAndGradient(engine, name)) as [number, ...number[]]
    expect(found / value).toBeCloseTo(1, 4)
    for (const [i, slope] of slopes.entries()) expect(slope / largest).toBeCloseTo((gradient[i] as number) / largest, 3)
  }
})
