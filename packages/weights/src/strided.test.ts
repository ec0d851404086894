import { expect, test } from '@jest/globals'
import { readStridedTensor } from './strided.ts'

const storage = new Uint8Array(Float32Array.from({ length: 6 }, (_, i) => i).buffer)
const plenty = () => ({ left: 1e9 })

test.each([
  ['beyond the storage by its shape', { offset: 0, shape: [2, 4], strides: [4, 1] }],
  ['beyond the storage by its offset', { offset: 1, shape: [6], strides: [1] }],
  ['beyond the storage by its strides', { offset: 0, shape: [2, 2], strides: [1, 5] }],
  ['beyond the storage by a scalar', { offset: 6, shape: [], strides: [] }],
  ['of a shape beyond counting', { offset: 0, shape: [2 ** 50, 2 ** 50], strides: [0, 0] }],
])('a window %s is an error', (_, window) => {
  expect(() => readStridedTensor({ name: 'a', dtype: 'float32', storage, window }, plenty(), 'w')).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_SHAPE', file: 'w' }),
  )
})

test('a window without numbers lies anywhere', () => {
  const window = { offset: 99, shape: [0, 2 ** 40], strides: [1, 1] }
  expect(readStridedTensor({ name: 'a', dtype: 'float32', storage, window }, plenty(), 'w').data).toEqual(
    new Float32Array(),
  )
})

test('as many strides as sides are needed', () => {
  expect(() =>
    readStridedTensor(
      { name: 'a', dtype: 'float32', storage, window: { offset: 0, shape: [2], strides: [] } },
      plenty(),
      'w',
    ),
  ).toThrow(expect.objectContaining({ code: 'WEIGHTS_DAMAGED' }))
})

test('more sides than PyTorch allows are an error', () => {
  const sides = Array.from({ length: 65 }, () => 1)
  const window = { offset: 0, shape: sides, strides: sides }
  expect(() => readStridedTensor({ name: 'a', dtype: 'float32', storage, window }, plenty(), 'w')).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_DAMAGED', received: '65 sides, 65 strides' }),
  )
})

test('a number repeated without end is refused before it is written out', () => {
  const bomb = { offset: 0, shape: [2 ** 40], strides: [0] }
  expect(() => readStridedTensor({ name: 'a', dtype: 'float32', storage, window: bomb }, plenty(), 'w')).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_TOO_LARGE', received: expect.stringContaining('tensor a') }),
  )
})
