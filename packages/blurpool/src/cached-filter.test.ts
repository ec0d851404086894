import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { cachedFilter } from './cached-filter.ts'

test('is created once for each backend, and survives a tidy', async () => {
  await tf.setBackend('cpu')
  const first = tf.tidy(() => cachedFilter([1, 2], [3], 2))
  expect(first.shape).toEqual([2, 1, 2, 1])
  expect([...first.dataSync()]).toEqual([3, 3, 6, 6])
  expect(tf.tidy(() => cachedFilter([1, 2], [3], 2))).toBe(first)
  expect(cachedFilter([1, 2], [3], 1)).not.toBe(first)
})
