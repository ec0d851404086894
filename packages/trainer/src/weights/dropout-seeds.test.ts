import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dropoutSeeds } from './dropout-seeds.ts'

beforeAll(() => tf.setBackend('cpu'))

test('what is dropped follows from seed and pass, is another in each, and in each layer; then the layers are as before', () => {
  const within = tf.sequential({ layers: [tf.layers.dropout({ inputShape: [400], rate: 0.5 })] })
  const own = tf.layers.dropout({ inputShape: [400], rate: 0.5, seed: 9 })
  const model = tf.sequential({ layers: [own, tf.layers.reLU(), within] })
  const ones = tf.ones([1, 400])
  const dropped = (seeds: { draw(pass: number): void }, pass: number): string => {
    seeds.draw(pass)
    return (model.apply(ones, { training: true }) as tf.Tensor).dataSync().join()
  }
  const [first, same, other] = [dropoutSeeds(model, 1), dropoutSeeds(model, 1), dropoutSeeds(model, 2)]
  expect(dropped(first, 3)).toBe(dropped(same, 3))
  expect(dropped(first, 4)).not.toBe(dropped(first, 3))
  expect(dropped(other, 3)).not.toBe(dropped(first, 3))
  // Two layers that dropped the same would leave a half.
  const left = dropped(first, 5)
    .split(',')
    .filter((value) => value === '4').length
  expect(left).toBeGreaterThan(60)
  expect(left).toBeLessThan(140)
  other.restore()
  same.restore()
  first.restore()
  expect(own.getConfig()['seed']).toBe(9)
})
