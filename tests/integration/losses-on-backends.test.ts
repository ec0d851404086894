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

// Each loss and its gradient on the backends that train agree with backend cpu.

const BATCH = 2
const POINTS = 5
const SIDE = 12

const target = () => tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0.1, 0.9, 'float32', 1)
const targets = () => ({
  target: target(),
  targetWeights: tf.randomUniform<tf.Rank.R2>([BATCH, 2 * POINTS], 0, 1, 'float32', 2),
  aspectRatio: 1.5,
})
const maps = (seed: number) => tf.randomUniform<tf.Rank.R4>([BATCH, SIDE, SIDE, POINTS], 0, 1, 'float32', seed)
const prediction = () => target().add(tf.randomNormal([BATCH, 2 * POINTS], 0, 0.02, 'float32', 3)) as tf.Tensor2D

const pointLoss = (loss: PointLoss) => ({
  at: (): tf.Tensor => prediction(),
  loss: (x: tf.Tensor): tf.Scalar => loss(x as tf.Tensor2D, targets()),
})

/** A loss of what a head decodes from the tensor `at`. */
const headLoss = <T extends tf.Tensor>(
  loss: HeadLoss,
  { at, read }: { readonly at: () => T; readonly read: (x: T) => Omit<Decoded, 'points'> },
) => ({
  at: (): tf.Tensor => at(),
  loss: (x: tf.Tensor): tf.Scalar => loss.headLoss({ points: target(), ...read(x as T) }, targets()),
})

const LOSSES = {
  mse: pointLoss(mseLoss),
  l1: pointLoss(l1Loss),
  euclidean: pointLoss(euclideanLoss),
  smoothL1: pointLoss(smoothL1Loss()),
  wing: pointLoss(wingLoss()),
  softWing: pointLoss(softWingLoss()),
  adaptiveWing: headLoss(adaptiveWingLoss({ sigma: 1.5 }), { at: () => maps(4), read: (maps) => ({ heatmaps: maps }) }),
  star: headLoss(starLoss(), { at: () => maps(7), read: (maps) => ({ heatmaps: maps }) }),
  simcc: headLoss(simccLoss({ sigma: 2 }), {
    at: () => tf.randomUniform<tf.Rank.R3>([BATCH, POINTS, SIDE], -1, 1, 'float32', 8),
    read: (bins) => ({ simcc: { x: bins.logSoftmax(), y: bins.reverse(2).logSoftmax() } }),
  }),
  weightedSum: pointLoss((points, targets) =>
    weightedSum([
      [euclideanLoss, 2],
      [wingLoss(), 0.5],
    ]).headLoss({ points }, targets),
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
    const [actual, ...gradients] = (await valueAndGradient(backend, name)) as [number, ...number[]]
    expect(actual / value).toBeCloseTo(1, 4)
    for (const [i, element] of gradients.entries())
      expect(element / largest).toBeCloseTo((gradient[i] as number) / largest, 3)
  }
})
