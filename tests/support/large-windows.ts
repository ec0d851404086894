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

/** Defines the tests that the active backend refuses windows that exceed the image. */
export function testLargeWindows(): void {
  test.each(LARGE_WINDOWS)('%s with a window larger than the image is an error', (_, compute) => {
    expect(() => compute(tf.ones([1, 2, 2, 1]))).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        received: expect.stringMatching(/window of \d x \d on an image of 2 x 2/),
      }),
    )
  })
}
