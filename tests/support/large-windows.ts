import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'

const LARGE_WINDOWS: readonly (readonly [string, (x: tf.Tensor4D) => tf.Tensor])[] = [
  ['conv2d', (x) => tf.conv2d(x, tf.ones([4, 1, 1, 1]), 1, 'valid')],
  ['a dilated conv2d', (x) => tf.conv2d(x, tf.ones([2, 2, 1, 1]), 1, 'valid', 'NHWC', 3)],
  ['fused conv2d', (x) => tf.fused.conv2d({ x, filter: tf.ones([5, 5, 1, 1]), strides: 1, pad: 'valid' })],
  ['depthwiseConv2d', (x) => tf.depthwiseConv2d(x, tf.ones([5, 5, 1, 1]), 1, 'valid')],
  ['maxPool', (x) => tf.maxPool(x, 5, 1, 'valid')],
  ['avgPool', (x) => tf.avgPool(x, [1, 4], 1, 'valid')],
]

const EMPTY_RESULTS: readonly (readonly [string, (x: tf.Tensor4D) => tf.Tensor, readonly number[]])[] = [
  ['conv2d', (x) => tf.conv2d(x, tf.ones([3, 1, 1, 512]), 1, 'valid'), [1, 0, 2, 512]],
  [
    'fused conv2d',
    (x) => tf.fused.conv2d({ x, filter: tf.ones([4, 4, 1, 512]), strides: 2, pad: 'valid' }),
    [1, 0, 0, 512],
  ],
  ['depthwiseConv2d', (x) => tf.depthwiseConv2d(x, tf.ones([3, 3, 1, 512]), 1, 'valid'), [1, 0, 0, 512]],
  ['maxPool', (x) => tf.maxPool(tf.tile(x, [1, 1, 1, 512]), 3, 1, 'valid'), [1, 0, 0, 512]],
  ['avgPool', (x) => tf.avgPool(tf.tile(x, [1, 1, 1, 512]), [1, 3], 2, 'valid'), [1, 1, 0, 512]],
]

/** Defines the tests that the active backend refuses windows that exceed the image by a stride, and computes nothing of smaller ones. */
export function testLargeWindows(): void {
  test.each(LARGE_WINDOWS)('%s with a window larger than the image is an error', (_, compute) => {
    expect(() => compute(tf.ones([1, 2, 2, 1]))).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        received: expect.stringMatching(/window of \d x \d on an image of 2 x 2/),
      }),
    )
  })

  test.each(EMPTY_RESULTS)(
    '%s with a window larger than the image by less than a stride is empty',
    (_, compute, shape) => {
      const others = Array.from({ length: 2000 }, (_, i) => tf.fill([8], i))
      const halves = [0, 1].map((rest) => others.filter((_, i) => i % 2 === rest)) as [tf.Tensor[], tf.Tensor[]]
      // Leaves gaps in the memory, so that the result is among the others.
      tf.dispose(halves[0])
      const result = compute(tf.ones([1, 2, 2, 1]))
      // TensorFlow.js rounds some sides to -0.
      expect(result.shape.map((side) => side + 0)).toEqual(shape)
      expect([...result.dataSync()]).toEqual([])
      expect(halves[1].filter((other, i) => other.dataSync().some((number) => number !== 2 * i + 1))).toEqual([])
      tf.dispose([result, ...halves[1]])
    },
  )
}
