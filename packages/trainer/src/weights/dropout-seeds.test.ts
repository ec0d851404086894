import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { seedDropout } from './dropout-seeds.ts'

beforeAll(() => tf.setBackend('cpu'))

test('dropout depends on seed, pass and layer; restore brings the seeds of the layers back', () => {
  const within = tf.sequential({ layers: [tf.layers.dropout({ inputShape: [400], rate: 0.5 })] })
  const seeded = tf.layers.dropout({ inputShape: [400], rate: 0.5, seed: 9 })
  const model = tf.sequential({ layers: [seeded, tf.layers.reLU(), within] })
  const ones = tf.ones([1, 400])
  const dropped = (seeds: { draw(pass: number): void }, pass: number): string => {
    seeds.draw(pass)
    return (model.apply(ones, { training: true }) as tf.Tensor).dataSync().join()
  }
  const [first, same, other] = [seedDropout(model, 1), seedDropout(model, 1), seedDropout(model, 2)]
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
  expect(seeded.getConfig()['seed']).toBe(9)
})
