import { useEngine } from '@facekp/backend'
import {
  adaptiveWing,
  axisDivergence,
  type Decoded,
  type HeadLoss,
  meanAbsoluteError,
  meanDistance,
  meanSquaredError,
  type PointLoss,
  smoothL1,
  softWing,
  star,
  weightedSum,
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

/** A loss of what a head decodes of `at`. */
const ofHead = <T extends tf.Tensor>(
  loss: HeadLoss,
  { at, read }: { readonly at: () => T; readonly read: (x: T) => Omit<Decoded, 'points'> },
) => ({
  at: (): tf.Tensor => at(),
  loss: (x: tf.Tensor): tf.Scalar => loss.ofHead({ points: target(), ...read(x as T) }, truth()),
})

const LOSSES = {
  meanSquaredError: ofPoints(meanSquaredError),
  meanAbsoluteError: ofPoints(meanAbsoluteError),
  meanDistance: ofPoints(meanDistance),
  smoothL1: ofPoints(smoothL1()),
  wing: ofPoints(wing()),
  softWing: ofPoints(softWing()),
  adaptiveWing: ofHead(adaptiveWing({ sigma: 1.5 }), { at: () => maps(4), read: (maps) => ({ maps }) }),
  star: ofHead(star(), { at: () => maps(7), read: (maps) => ({ maps }) }),
  axisDivergence: ofHead(axisDivergence({ sigma: 2 }), {
    at: () => tf.randomUniform<tf.Rank.R3>([BATCH, POINTS, SIDE], -1, 1, 'float32', 8),
    read: (bins) => ({ axes: { x: bins.logSoftmax(), y: bins.reverse(2).logSoftmax() } }),
  }),
  weightedSum: ofPoints((points, truth) =>
    weightedSum([
      [meanDistance, 2],
      [wing(), 0.5],
    ]).ofHead({ points }, truth),
  ),
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
