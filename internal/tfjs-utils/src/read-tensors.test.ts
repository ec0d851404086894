import { beforeAll, expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { readTensors } from './read-tensors.ts'

beforeAll(() => tf.setBackend('cpu'))

test('reads tensors in their order and disposes of them', async () => {
  const before = tf.memory().numTensors
  const numbers = await readTensors([tf.tensor1d([1, 2]), tf.scalar(3)])
  expect(numbers.map((values) => [...values])).toEqual([[1, 2], [3]])
  expect(tf.memory().numTensors).toBe(before)
})

test('disposes of all tensors if one cannot be read', async () => {
  const before = tf.memory().numTensors
  const tensors = [tf.scalar(1), tf.scalar(2)]
  jest.spyOn(tensors[1] as tf.Tensor, 'data').mockRejectedValue(new Error('device lost'))
  await expect(readTensors(tensors)).rejects.toThrow('device lost')
  expect(tf.memory().numTensors).toBe(before)
})
