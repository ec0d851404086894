import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { WeightEma } from './weight-ema.ts'

beforeAll(() => tf.setBackend('cpu'))

// By torch, decay 0.25:
//   average = torch.tensor([1.0, -2.0])
//   for step, weight in enumerate([[2.0, 0.0], [4.0, 1.0], [8.0, -1.0]], 1):
//       average = torch.lerp(torch.tensor(weight), average, min(0.25, (1 + step) / (10 + step)))
//       print(average.tolist())
const WEIGHTS = [
  [2, 0],
  [4, 1],
  [8, -1],
]
const AVERAGES = [
  [1.8181817531585693, -0.3636363744735718],
  [3.454545497894287, 0.6590908765792847],
  [6.863636493682861, -0.5852272510528564],
]

describe('WeightEma', () => {
  test('is the moving average of the weights', () => {
    const weight = tf.variable(tf.tensor1d([1, -2]))
    const average = new WeightEma([weight], 0.25)
    for (const [i, values] of WEIGHTS.entries()) {
      weight.assign(tf.tensor1d(values))
      average.update(i + 1)
      for (const [j, value] of (average.variables[0] as tf.Variable).dataSync().entries())
        expect(value).toBeCloseTo(AVERAGES[i]?.[j] as number, 6)
    }
  })

  test('replaces the weights while a function runs, also if it fails, or for good', async () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1])))
    const before = tf.memory().numTensors
    const average = new WeightEma([weight], 0.5)
    tf.tidy(() => weight.assign(tf.tensor1d([2])))
    const held = (): number => weight.dataSync()[0] as number
    expect(await average.withAveraged(async () => held())).toBe(1)
    expect(held()).toBe(2)
    await expect(average.withAveraged(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(held()).toBe(2)
    average.applyTo([weight])
    average.dispose()
    expect(held()).toBe(1)
    expect(tf.memory().numTensors).toBe(before)
  })
})
