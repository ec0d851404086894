import { useBackend } from '@facekp/backend'
import {
  adaptiveWingLoss,
  type Decoded,
  euclideanLoss,
  type HeadLoss,
  l1Loss,
  mseLoss,
  type PointLoss,
  simccLoss,
  smoothL1Loss,
  softWingLoss,
  starLoss,
  weightedSum,
  wingLoss,
} from '@facekp/trainer'
import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'

// Each loss and its gradient on the backends that train, as on backend cpu.

const [BATCH, POINTS, SIDE] = [2, 5, 12]

const target = () => tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0.1, 0.9, 'float32', 1)
const truth = () => ({
  target: target(),
  targetWeights: tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0, 1, 'float32', 2),
  aspectRatio: 1.5,
})
const maps = (seed: number) => tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, POINTS], 0, 1, 'float32', seed)
const prediction = () => target().add(tf.randomNormal([BATCH, 2 * POINTS], 0, 0.02, 'float32', 3)) as tf.Tensor2D

const ofPoints = (loss: PointLoss) => ({
  at: (): tf.Tensor => prediction(),
  loss: (x: tf.Tensor): tf.Scalar => loss(x as tf.Tensor2D, truth()),
})

/** A loss of what a head decodes of `at`. */
const headLoss = <T extends tf.Tensor>(
  loss: HeadLoss,
  { at, read }: { readonly at: () => T; readonly read: (x: T) => Omit<Decoded, 'points'> },
) => ({
  at: (): tf.Tensor => at(),
  loss: (x: tf.Tensor): tf.Scalar => loss.headLoss({ points: target(), ...read(x as T) }, truth()),
})

const LOSSES = {
  meanSquaredError: ofPoints(mseLoss),
  meanAbsoluteError: ofPoints(l1Loss),
  euclideanLoss: ofPoints(euclideanLoss),
  smoothL1: ofPoints(smoothL1Loss()),
  wing: ofPoints(wingLoss()),
  softWing: ofPoints(softWingLoss()),
  adaptiveWing: headLoss(adaptiveWingLoss({ sigma: 1.5 }), { at: () => maps(4), read: (maps) => ({ heatmaps: maps }) }),
  star: headLoss(starLoss(), { at: () => maps(7), read: (maps) => ({ heatmaps: maps }) }),
  simccLoss: headLoss(simccLoss({ sigma: 2 }), {
    at: () => tf.randomUniform<tf.Rank.R3>([BATCH, POINTS, SIDE], -1, 1, 'float32', 8),
    read: (bins) => ({ simcc: { x: bins.logSoftmax(), y: bins.reverse(2).logSoftmax() } }),
  }),
  weightedSum: ofPoints((points, truth) =>
    weightedSum([
      [euclideanLoss, 2],
      [wingLoss(), 0.5],
    ]).headLoss({ points }, truth),
  ),
}

async function valueAndGradient(backend: 'cpu' | 'onnx' | 'wasm', name: keyof typeof LOSSES): Promise<number[]> {
  await useBackend(backend)
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
  for (const backend of ['onnx', 'wasm'] as const) {
    const [found, ...slopes] = (await valueAndGradient(backend, name)) as [number, ...number[]]
    expect(found / value).toBeCloseTo(1, 4)
    for (const [i, slope] of slopes.entries()) expect(slope / largest).toBeCloseTo((gradient[i] as number) / largest, 3)
  }
})
