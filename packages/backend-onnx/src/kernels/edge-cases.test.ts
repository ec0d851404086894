import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../register.ts'

// What the specs of tfjs-core leave out: empty results, sizes by another rule, broadcasts, what is no number.

beforeAll(async () => {
  await tf.setBackend('onnx')
})

const image = (values: number[], height: number, width: number): tf.Tensor4D =>
  tf.tensor4d(values, [1, height, width, 1])
const floats = (...values: number[]): tf.Tensor1D => tf.tensor1d(values)
const whole = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32')
/** Not computed yet as the next kernel is called. */
const pending = (tensor: tf.Tensor1D): tf.Tensor1D => tensor.add(tf.zerosLike(tensor))

test.each<[string, () => tf.Tensor, number[], number[]]>([
  [
    'a convolution whose window is larger than the picture gives nothing',
    () => tf.conv2d(image([1, 2], 1, 2), tf.ones([2, 2, 1, 3]), 1, 'valid'),
    [1, 0, 1, 3],
    [],
  ],
  [
    // TensorFlow.js takes the rows' window and stride for the columns, too, and sees zeros beyond the picture.
    'a convolution by a border of 0 and different strides',
    () => tf.conv2d(image([1, 2, 3, 4, 5, 6], 2, 3), tf.ones([1, 1, 1, 1]), [1, 2], 0),
    [1, 2, 3, 1],
    [1, 3, 0, 4, 6, 0],
  ],
  [
    'a normalization by one mean for several channels',
    () => tf.batchNorm(tf.tensor4d([1, 2, 3], [1, 1, 1, 3]), floats(1), floats(4), undefined, undefined, 0),
    [1, 1, 1, 3],
    [0, 0.5, 1],
  ],
  ['PReLU by more slopes than numbers', () => tf.prelu(floats(-2), floats(1, 0.5)), [2], [-2, -1]],
  [
    'PReLU of what is infinite',
    () => tf.prelu(floats(Number.POSITIVE_INFINITY, 1), floats(Number.POSITIVE_INFINITY, Number.NaN)),
    [2],
    [Number.POSITIVE_INFINITY, 1],
  ],
  ['one-hot of a scalar', () => tf.oneHot(tf.scalar(1, 'int32'), 3), [3], [0, 1, 0]],
  [
    // x[0, :, ::2] of [[[0, 1], [2, 3]], [[4, 5], [6, 7]]].
    'a slice that drops an axis and steps along another',
    () => tf.stridedSlice(tf.range(0, 8).reshape([2, 2, 2]), [0, 0, 0], [2, 2, 2], [1, 1, 2], 0, 0, 0, 0, 1),
    [2, 1],
    [0, 2],
  ],
  [
    'whole numbers of what is none',
    () => floats(Number.NaN, Number.NEGATIVE_INFINITY, -1.9, 2 ** 30).toInt(),
    [4],
    [0, 0, -1, 2 ** 30],
  ],
  [
    'a crop of a picture one pixel high',
    () => tf.image.cropAndResize(image([1, 2, 3], 1, 3), [[-0.5, 0, 2, 1]], [0], [2, 3]),
    [1, 2, 3, 1],
    [1, 2, 3, 1, 2, 3],
  ],
  ['whether any is true', () => tf.any(tf.tensor2d([1, 0, 0, 0], [2, 2], 'bool'), 1, true), [2, 1], [1, 0]],
  ['whether all are true', () => tf.all(tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 0), [2], [1, 0]],
  ['floors of quotients are whole numbers', () => tf.floorDiv(tf.scalar(-7), tf.scalar(2)).add(whole(1)), [1], [-3]],
])('%s', (_, compute, shape, numbers) => {
  const result = compute()
  expect(result.shape).toEqual(shape)
  expect([...result.dataSync()]).toEqual(numbers)
})

test('graphs that differ by an infinite or a signed number only are told apart', () => {
  const clipped = (least: number, most: number): number[] => [...tf.clipByValue(floats(-1, 2), least, most).dataSync()]
  const infinity = Number.POSITIVE_INFINITY
  expect(clipped(-infinity, infinity)).toEqual([-1, 2])
  expect(clipped(infinity, infinity)).toEqual([infinity, infinity])
  const quotient = (zero: number): number => tf.fill([1], zero).reciprocal().dataSync()[0] as number
  expect([quotient(0), quotient(-0)]).toEqual([infinity, -infinity])
})

test.each([
  ['gathering', (index: number) => tf.gather(floats(1, 2), pending(whole(index)))],
  [
    'cropping',
    (index: number) => tf.image.cropAndResize(image([1], 1, 1), [[0, 0, 1, 1]], pending(whole(index)), [1, 1]),
  ],
])('%s by an index that is none is refused, also where it is computed only later', (_, compute) => {
  for (const index of [-1, 2]) expect(() => compute(index).dataSync()).toThrow(/out of data bounds/)
})
