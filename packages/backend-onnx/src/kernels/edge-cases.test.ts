import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../register.ts'
import { testLargeWindows } from '../../../../tests/support/large-windows.ts'

// Cases that the specs of tfjs-core lack: empty results, TensorFlow.js' own size rules, broadcasts, NaN and infinity.

beforeAll(async () => {
  await tf.setBackend('onnx')
})

const image = (values: number[], height: number, width: number): tf.Tensor4D =>
  tf.tensor4d(values, [1, height, width, 1])
const floats = (...values: number[]): tf.Tensor1D => tf.tensor1d(values)
const integers = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32')
/** Makes a tensor that is not computed yet when the next kernel is called. */
const makePending = (tensor: tf.Tensor1D): tf.Tensor1D => tensor.add(tf.zerosLike(tensor))

test.each<[string, () => tf.Tensor, number[], number[]]>([
  [
    'a convolution with a window larger than the image is empty',
    () => tf.conv2d(image([1, 2], 1, 2), tf.ones([2, 2, 1, 3]), 1, 'valid'),
    [1, 0, 1, 3],
    [],
  ],
  [
    // TensorFlow.js uses the window and stride of the rows for the columns too, and reads zeros outside the image.
    'a convolution with padding 0 and different strides',
    () => tf.conv2d(image([1, 2, 3, 4, 5, 6], 2, 3), tf.ones([1, 1, 1, 1]), [1, 2], 0),
    [1, 2, 3, 1],
    [1, 3, 0, 4, 6, 0],
  ],
  [
    'a batch norm with one mean for several channels',
    () => tf.batchNorm(tf.tensor4d([1, 2, 3], [1, 1, 1, 3]), floats(1), floats(4), undefined, undefined, 0),
    [1, 1, 1, 3],
    [0, 0.5, 1],
  ],
  ['PReLU with a larger alpha than input', () => tf.prelu(floats(-2), floats(1, 0.5)), [2], [-2, -1]],
  [
    'PReLU of infinity',
    () => tf.prelu(floats(Number.POSITIVE_INFINITY, 1), floats(Number.POSITIVE_INFINITY, Number.NaN)),
    [2],
    [Number.POSITIVE_INFINITY, 1],
  ],
  ['one-hot of a scalar', () => tf.oneHot(tf.scalar(1, 'int32'), 3), [3], [0, 1, 0]],
  [
    // x[0, :, ::2] of [[[0, 1], [2, 3]], [[4, 5], [6, 7]]].
    'a strided slice that drops an axis',
    () => tf.stridedSlice(tf.range(0, 8).reshape([2, 2, 2]), [0, 0, 0], [2, 2, 2], [1, 1, 2], 0, 0, 0, 0, 1),
    [2, 1],
    [0, 2],
  ],
  [
    'casting NaN and infinity to integers',
    () => floats(Number.NaN, Number.NEGATIVE_INFINITY, -1.9, 2 ** 30).toInt(),
    [4],
    [0, 0, -1, 2 ** 30],
  ],
  [
    // NumPy, from the bits of the exact numbers: (int(x) % 2**32), less 2**32 from 2**31 on
    'casting numbers at and beyond the ends of int32',
    () => floats(-(2 ** 31), 2 ** 31, -(2 ** 31) - 256, 3e9, -(2 ** 32) - 512, 2 ** 63, -(2 ** 63), 1e30).toInt(),
    [8],
    [-(2 ** 31), -(2 ** 31), 2 ** 31 - 256, -1294967296, -512, 0, 0, 0],
  ],
  [
    'a crop of an image one pixel high',
    () => tf.image.cropAndResize(image([1, 2, 3], 1, 3), [[-0.5, 0, 2, 1]], [0], [2, 3]),
    [1, 2, 3, 1],
    [1, 2, 3, 1, 2, 3],
  ],
  ['any', () => tf.any(tf.tensor2d([1, 0, 0, 0], [2, 2], 'bool'), 1, true), [2, 1], [1, 0]],
  ['all', () => tf.all(tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 0), [2], [1, 0]],
  ['floorDiv returns integers', () => tf.floorDiv(tf.scalar(-7), tf.scalar(2)).add(integers(1)), [1], [-3]],
])('%s', (_, compute, shape, numbers) => {
  const result = compute()
  expect(result.shape).toEqual(shape)
  expect([...result.dataSync()]).toEqual(numbers)
})

testLargeWindows()

test.each<[string, () => tf.Tensor, number[]]>([
  ['integers and floats', () => tf.where(tf.tensor1d([1, 0], 'bool'), integers(1, 2), floats(0.5, 0.25)), [1, 0.25]],
  ['floats and integers', () => tf.where(tf.tensor1d([1, 0], 'bool'), floats(0.5, 0.25), integers(1, 2)), [0.5, 2]],
])('where of %s gives floats, as on backend cpu', (_, compute, numbers) => {
  const result = compute()
  expect(result.dtype).toBe('float32')
  expect([...result.dataSync()]).toEqual(numbers)
})

test('graphs that differ only by infinity or the sign of zero are compiled separately', () => {
  const clip = (min: number, max: number): number[] => [...tf.clipByValue(floats(-1, 2), min, max).dataSync()]
  const infinity = Number.POSITIVE_INFINITY
  expect(clip(-infinity, infinity)).toEqual([-1, 2])
  expect(clip(infinity, infinity)).toEqual([infinity, infinity])
  const invert = (zero: number): number => tf.fill([1], zero).reciprocal().dataSync()[0] as number
  expect([invert(0), invert(-0)]).toEqual([infinity, -infinity])
})

test.each([
  ['gather', (index: number) => tf.gather(floats(1, 2), makePending(integers(index)))],
  [
    'cropAndResize',
    (index: number) => tf.image.cropAndResize(image([1], 1, 1), [[0, 0, 1, 1]], makePending(integers(index)), [1, 1]),
  ],
])('%s with an index out of range throws, also if the index is computed later', (_, compute) => {
  for (const index of [-1, 2]) expect(() => compute(index).dataSync()).toThrow(/out of data bounds/)
})
