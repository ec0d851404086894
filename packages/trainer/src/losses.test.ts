import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { meanDistance, meanSquaredError } from './losses.ts'

// numpy's numbers, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')).losses

beforeAll(() => tf.setBackend('cpu'))

describe.each([
  ['meanSquaredError', meanSquaredError],
  ['meanDistance', meanDistance],
] as const)('%s', (name, loss) => {
  const truth = () => ({
    target: tf.tensor2d(golden.target),
    labelled: tf.tensor2d(golden.labelled),
    aspect: golden.aspect,
  })

  test('agrees with numpy, points without a label left out', () => {
    const value = loss(tf.tensor2d(golden.prediction), truth())
    expect(value.shape).toEqual([])
    expect(value.dataSync()[0]).toBeCloseTo(golden[name], 6)
  })

  test('its gradient agrees with finite differences, and is 0 for a point without a label', () => {
    const prediction = tf.tensor2d(golden.prediction)
    const gradient = tf
      .grad((x) => loss(x as tf.Tensor2D, truth()))(prediction)
      .dataSync()
    const step = 1e-3
    for (const [i, value] of gradient.entries()) {
      const moved = (by: number): number => {
        const values = prediction.dataSync().slice()
        values[i] = (values[i] as number) + by
        return loss(tf.tensor2d(values, prediction.shape), truth()).dataSync()[0] as number
      }
      expect(value).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3)
      if (golden.labelled.flat()[i] === 0) expect(value).toBe(0)
    }
  })

  test('a batch without any label has no loss, and a perfect prediction a gradient that is a number', () => {
    const target = tf.tensor2d(golden.target)
    const none = { ...truth(), labelled: tf.zerosLike(target) as tf.Tensor2D }
    expect(loss(tf.tensor2d(golden.prediction), none).dataSync()[0]).toBe(0)
    const gradient = tf.grad((x) => loss(x as tf.Tensor2D, truth()))(target)
    expect([...gradient.dataSync()].every((value) => value === 0)).toBe(true)
  })

  test('leaves no tensor behind', () => {
    const [prediction, compared] = [tf.tensor2d(golden.prediction), truth()]
    const before = tf.memory().numTensors
    loss(prediction, compared).dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
