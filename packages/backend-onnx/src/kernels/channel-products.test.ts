import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../register.ts'

// import numpy as np
// i = np.arange(2 * 3 * 4 * 2)
// x, y = np.sin(i * 0.7).reshape(2, 3, 4, 2), np.cos(i * 0.3).reshape(2, 3, 4, 2)
// (x * y).sum((0, 1, 2)), (x**2).mean((0, 1, 2))
const SUMS = [0.4054554, 0.5263044]
const MEANS = [0.4877591, 0.5099503]

const make = (compute: (i: number) => number): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: 48 }, (_, i) => compute(i)),
    [2, 3, 4, 2],
  )
let x: tf.Tensor4D
let y: tf.Tensor4D

beforeAll(async () => {
  await tf.setBackend('onnx')
  x = make((i) => Math.sin(i * 0.7))
  y = make((i) => Math.cos(i * 0.3))
})

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const numbers = [...actual.dataSync()]
  expect(numbers).toHaveLength(expected.length)
  for (const [i, number] of numbers.entries()) expect(number).toBeCloseTo(expected[i] as number, 5)
}

test('the sum of products per channel', () => {
  expectClose(tf.sum(tf.mul(x, y), [0, 1, 2]), SUMS)
})

test('the mean of squares per channel', () => {
  expectClose(tf.mean(tf.square(x), [0, 1, 2]), MEANS)
})

test('a product that is read too', () => {
  const product = tf.mul(x, y)
  const sums = tf.sum(product, [0, 1, 2])
  const shifted = tf.add(product, 1)
  expectClose(sums, SUMS)
  expectClose(tf.sum(tf.sub(shifted, 1), [0, 1, 2]), SUMS)
})

test('kept axes', () => {
  const sums = tf.sum(tf.mul(x, y), [0, 1, 2], true)
  expect(sums.shape).toEqual([1, 1, 1, 2])
  expectClose(sums, SUMS)
})

test('factors of different sizes', () => {
  expectClose(tf.sum(tf.mul(tf.mul(x, y), tf.tensor1d([2, -1])), [0, 1, 2]), [
    2 * (SUMS[0] as number),
    -(SUMS[1] as number),
  ])
})
