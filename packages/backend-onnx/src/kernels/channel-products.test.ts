import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../register.ts'

// import numpy as np
// i = np.arange(2 * height * width * 2)
// x, y = np.sin(i * 0.7).reshape(2, height, width, 2), np.cos(i * 0.3).reshape(2, height, width, 2)
// (x * y).sum((0, 1, 2)), (x**2).mean((0, 1, 2))
const MAPS = [
  { name: 'small maps', height: 3, width: 4, sums: [0.4054554, 0.5263044], means: [0.4877591, 0.5099503] },
  { name: 'large maps', height: 33, width: 34, sums: [0.9191743, 1.1484547], means: [0.4999997, 0.4999983] },
]

beforeAll(async () => {
  await tf.setBackend('onnx')
})

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const numbers = [...actual.dataSync()]
  expect(numbers).toHaveLength(expected.length)
  for (const [i, number] of numbers.entries()) expect(number).toBeCloseTo(expected[i] as number, 5)
}

describe.each(MAPS)('$name', ({ height, width, sums, means }) => {
  const make = (compute: (i: number) => number): tf.Tensor4D =>
    tf.tensor4d(
      Float32Array.from({ length: 4 * height * width }, (_, i) => compute(i)),
      [2, height, width, 2],
    )
  let x: tf.Tensor4D
  let y: tf.Tensor4D

  beforeAll(() => {
    x = make((i) => Math.sin(i * 0.7))
    y = make((i) => Math.cos(i * 0.3))
  })

  test('the sum of products per channel', () => {
    expectClose(tf.sum(tf.mul(x, y), [0, 1, 2]), sums)
  })

  test('the mean of squares per channel', () => {
    expectClose(tf.mean(tf.square(x), [0, 1, 2]), means)
  })

  test('a product that is read too', () => {
    const product = tf.mul(x, y)
    const each = tf.sum(product, [0, 1, 2])
    const shifted = tf.add(product, 1)
    expectClose(each, sums)
    expectClose(tf.sum(tf.sub(shifted, 1), [0, 1, 2]), sums)
  })

  test('kept axes', () => {
    const result = tf.sum(tf.mul(x, y), [0, 1, 2], true)
    expect(result.shape).toEqual([1, 1, 1, 2])
    expectClose(result, sums)
  })

  test('factors of different sizes', () => {
    const [first = 0, second = 0] = sums
    expectClose(tf.sum(tf.mul(tf.mul(x, y), tf.tensor1d([2, -1])), [0, 1, 2]), [2 * first, -second])
  })
})
