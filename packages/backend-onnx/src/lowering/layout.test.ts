import { describe, expect, test } from '@jest/globals'
import { isNoopTranspose, OIHW, permute, toTensorOrder } from './layout.ts'

/** Transposes number by number, by the places of each. */
function transpose(data: Int32Array, shape: readonly number[], permutation: readonly number[]): Int32Array {
  const result = new Int32Array(data.length)
  for (let from = 0; from < data.length; from++) {
    const place: number[] = []
    let rest = from
    for (const size of [...shape].reverse()) {
      place.unshift(rest % size)
      rest = Math.floor(rest / size)
    }
    const to = permutation.reduce((sum, axis) => sum * (shape[axis] as number) + (place[axis] as number), 0)
    result[to] = data[from] as number
  }
  return result
}

const range = (shape: readonly number[]) => Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)

describe('permute', () => {
  test.each([
    [[], []],
    [[5], [0]],
    [
      [3, 4],
      [1, 0],
    ],
    [
      [300, 7],
      [1, 0],
    ],
    [
      [7, 600],
      [1, 0],
    ],
    [
      [3, 4],
      [0, 1],
    ],
    [
      [1, 1, 6, 5],
      [3, 2, 0, 1],
    ],
    [
      [1, 1, 1],
      [2, 0, 1],
    ],
    [
      [3, 3, 5, 270],
      [3, 2, 0, 1],
    ],
    [
      [270, 5, 3, 3],
      [2, 3, 1, 0],
    ],
    [
      [2, 6, 5, 3],
      [0, 3, 1, 2],
    ],
    [
      [2, 3, 4, 5],
      [1, 0, 2, 3],
    ],
    [
      [2, 3, 2, 4, 3, 2],
      [4, 1, 5, 0, 3, 2],
    ],
  ])('moves each number of %j to its place in the order %j', (shape, permutation) => {
    const data = range(shape)
    expect(permute(data, shape, permutation)).toEqual(transpose(data, shape, permutation))
  })

  test.each([
    [[0], [0]],
    [
      [3, 0],
      [1, 0],
    ],
    [
      [2, 0, 4],
      [2, 0, 1],
    ],
  ])('moves nothing of an empty array, shape %j', (shape, permutation) => {
    expect(permute(new Float32Array(0), shape, permutation)).toEqual(new Float32Array(0))
  })

  test('keeps the type of the numbers', () => {
    expect(permute(Uint8Array.of(1, 2, 3, 4), [2, 2], [1, 0])).toEqual(Uint8Array.of(1, 3, 2, 4))
  })
})

test('filters in memory order, [out, in, height, width], come back as [height, width, in, out]', () => {
  // Two filters of one channel, 1 x 3.
  expect(toTensorOrder(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 1, 2], OIHW)).toEqual(
    Float32Array.of(1, 4, 2, 5, 3, 6),
  )
})

test('a transposition that only moves axes of one element moves nothing', () => {
  expect(isNoopTranspose([1, 5, 1, 3], [1, 0, 3, 2])).toBe(true)
  expect(isNoopTranspose([2, 5], [1, 0])).toBe(false)
})
