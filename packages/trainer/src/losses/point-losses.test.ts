import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { meanAbsoluteError } from './mean-absolute-error.ts'
import { meanDistance } from './mean-distance.ts'
import { meanSquaredError } from './mean-squared-error.ts'
import type { PointLoss, PointTruth } from './point-loss.ts'
import { smoothL1 } from './smooth-l1.ts'
import { softWing } from './soft-wing.ts'
import { wing } from './wing.ts'

interface Golden {
  readonly prediction: number[][]
  readonly target: number[][]
  readonly labelled: number[][]
  readonly aspect: number
  readonly losses: Readonly<Record<string, { readonly value: number; readonly gradient: number[] }>>
}

// PyTorch's values and gradients, made by golden.py.
const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')).points

beforeAll(() => tf.setBackend('cpu'))

describe.each<[string, PointLoss]>([
  ['meanSquaredError', meanSquaredError],
  ['meanAbsoluteError', meanAbsoluteError],
  ['meanDistance', meanDistance],
  ['smoothL1', smoothL1()],
  ['smoothL1 of 3', smoothL1({ beta: 3 })],
  ['wing', wing()],
  ['wing of 5', wing({ omega: 5, epsilon: 0.5 })],
  ['softWing', softWing()],
])('%s', (name, loss) => {
  const truth = (): PointTruth => ({
    target: tf.tensor2d(golden.target),
    labelled: tf.tensor2d(golden.labelled),
    aspect: golden.aspect,
  })
  const gradientAt = (prediction: tf.Tensor2D): Float32Array =>
    tf
      .grad((x) => loss(x as tf.Tensor2D, truth()))(prediction)
      .dataSync() as Float32Array
  const expected = golden.losses[name] as Golden['losses'][string]

  test('agrees with PyTorch, each point as its weight says', () => {
    const value = loss(tf.tensor2d(golden.prediction), truth())
    expect(value.shape).toEqual([])
    expect((value.dataSync()[0] as number) / expected.value).toBeCloseTo(1, 4)
  })

  test('so does its gradient, which is 0 for a point without a label', () => {
    const gradient = gradientAt(tf.tensor2d(golden.prediction))
    const largest = Math.max(...expected.gradient.map(Math.abs))
    for (const [i, value] of gradient.entries()) {
      expect(value / largest).toBeCloseTo((expected.gradient[i] as number) / largest, 3)
      if (golden.labelled.flat()[i] === 0) expect(value).toBeCloseTo(0, 12)
    }
  })

  test('its gradient agrees with finite differences', () => {
    const prediction = tf.tensor2d(golden.prediction)
    const gradient = gradientAt(prediction)
    const [step, largest] = [2e-5, Math.max(...gradient.map(Math.abs))]
    for (const [i, value] of gradient.entries()) {
      const moved = (by: number): number => {
        const values = prediction.dataSync().slice()
        values[i] = (values[i] as number) + by
        return loss(tf.tensor2d(values, prediction.shape), truth()).dataSync()[0] as number
      }
      expect((moved(step) - moved(-step)) / (2 * step) / largest).toBeCloseTo(value / largest, 2)
    }
  })

  test('a batch without any label has no loss, and a perfect prediction no gradient', () => {
    const target = tf.tensor2d(golden.target)
    const none = { ...truth(), labelled: tf.zerosLike(target) as tf.Tensor2D }
    expect(loss(tf.tensor2d(golden.prediction), none).dataSync()[0]).toBe(0)
    expect([...gradientAt(target)].every((value) => value === 0)).toBe(true)
  })

  test('leaves no tensor behind', () => {
    const [prediction, compared] = [tf.tensor2d(golden.prediction), truth()]
    const before = tf.memory().numTensors
    loss(prediction, compared).dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
