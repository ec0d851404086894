import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { euclideanLoss } from './euclidean-loss.ts'
import { l1Loss } from './l1-loss.ts'
import { mseLoss } from './mse-loss.ts'
import type { KeypointTargets, PointLoss } from './point-loss.ts'
import { smoothL1Loss } from './smooth-l1-loss.ts'
import { softWingLoss } from './soft-wing-loss.ts'
import { wingLoss } from './wing-loss.ts'

interface Golden {
  readonly prediction: number[][]
  readonly target: number[][]
  readonly targetWeights: number[][]
  readonly aspectRatio: number
  readonly losses: Readonly<Record<string, { readonly value: number; readonly gradient: number[] }>>
}

// PyTorch's values and gradients, made by golden.py.
const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')).points

beforeAll(() => tf.setBackend('cpu'))

describe.each<[string, PointLoss]>([
  ['mse', mseLoss],
  ['l1', l1Loss],
  ['euclidean', euclideanLoss],
  ['smoothL1', smoothL1Loss()],
  ['smoothL1 of 3', smoothL1Loss({ beta: 3 })],
  ['wing', wingLoss()],
  ['wing of 5', wingLoss({ omega: 5, epsilon: 0.5 })],
  ['softWing', softWingLoss()],
])('%s', (name, loss) => {
  const targets = (): KeypointTargets => ({
    target: tf.tensor2d(golden.target),
    targetWeights: tf.tensor2d(golden.targetWeights),
    aspectRatio: golden.aspectRatio,
  })
  const gradientAt = (prediction: tf.Tensor2D): Float32Array =>
    tf
      .grad((x) => loss(x as tf.Tensor2D, targets()))(prediction)
      .dataSync() as Float32Array
  const expected = golden.losses[name] as Golden['losses'][string]

  test('agrees with PyTorch, each point with its weight', () => {
    const value = loss(tf.tensor2d(golden.prediction), targets())
    expect(value.shape).toEqual([])
    expect((value.dataSync()[0] as number) / expected.value).toBeCloseTo(1, 4)
  })

  test('so does its gradient, which is 0 for a point without a label', () => {
    const gradient = gradientAt(tf.tensor2d(golden.prediction))
    const largest = Math.max(...expected.gradient.map(Math.abs))
    for (const [i, value] of gradient.entries()) {
      expect(value / largest).toBeCloseTo((expected.gradient[i] as number) / largest, 3)
      if (golden.targetWeights.flat()[i] === 0) expect(value).toBeCloseTo(0, 12)
    }
  })

  test('its gradient agrees with finite differences', () => {
    const prediction = tf.tensor2d(golden.prediction)
    const gradient = gradientAt(prediction)
    const [step, largest] = [2e-5, Math.max(...gradient.map(Math.abs))]
    for (const [i, value] of gradient.entries()) {
      const shifted = (by: number): number => {
        const values = prediction.dataSync().slice()
        values[i] = (values[i] as number) + by
        return loss(tf.tensor2d(values, prediction.shape), targets()).dataSync()[0] as number
      }
      expect((shifted(step) - shifted(-step)) / (2 * step) / largest).toBeCloseTo(value / largest, 2)
    }
  })

  test('a batch without any label has no loss, and a perfect prediction no gradient', () => {
    const target = tf.tensor2d(golden.target)
    const none = { ...targets(), targetWeights: tf.zerosLike(target) as tf.Tensor2D }
    expect(loss(tf.tensor2d(golden.prediction), none).dataSync()[0]).toBe(0)
    expect([...gradientAt(target)].every((value) => value === 0)).toBe(true)
  })

  test('leaves no tensor behind', () => {
    const [prediction, compared] = [tf.tensor2d(golden.prediction), targets()]
    const before = tf.memory().numTensors
    loss(prediction, compared).dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
