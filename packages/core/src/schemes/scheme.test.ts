import { describe, expect, test } from '@jest/globals'
import { defineScheme, flipIndices, type KeypointScheme, pickKeypoints } from './scheme.ts'

const FACE: KeypointScheme = {
  name: 'face',
  pointNames: ['left eye', 'right eye', 'nose', 'left mouth', 'right mouth'],
  flipPairs: [
    [0, 1],
    [3, 4],
  ],
  parts: [
    { name: 'eyes', indices: [0, 1], closed: false },
    { name: 'triangle', indices: [0, 2, 3], closed: true },
  ],
  normalizationPair: [0, 1],
}

test.each<[string, Partial<KeypointScheme>, string]>([
  ['an index out of range in a pair', { flipPairs: [[0, 5]] }, '5'],
  ['an index out of range in a part', { parts: [{ name: 'a', indices: [-1], closed: false }] }, '-1'],
  ['an index that is not an integer', { normalizationPair: [0, 1.5] }, '1.5'],
  [
    'a point in two pairs',
    {
      flipPairs: [
        [0, 1],
        [1, 2],
      ],
    },
    '1',
  ],
  ['a point paired with itself', { flipPairs: [[2, 2]] }, '2'],
  ['a repeated point name', { pointNames: ['a', 'b', 'c', 'd', 'a'] }, 'a'],
  [
    'a repeated part name',
    {
      parts: [
        { name: 'p', indices: [0], closed: false },
        { name: 'p', indices: [1], closed: false },
      ],
    },
    'p',
  ],
])('defineScheme throws for %s', (_, override, received) => {
  expect(() => defineScheme({ ...FACE, ...override })).toThrow(
    expect.objectContaining({ code: 'SCHEME_INVALID', received }),
  )
})

test('flipIndices is its own inverse', () => {
  const flipped = flipIndices(defineScheme(FACE))
  expect(flipped).toEqual([1, 0, 2, 4, 3])
  expect(flipped.map((index) => flipped[index])).toEqual([0, 1, 2, 3, 4])
})

describe('pickKeypoints', () => {
  test('renumbers pairs and parts', () => {
    expect(pickKeypoints(FACE, 'some', [3, 0, 1])).toEqual({
      name: 'some',
      pointNames: ['left mouth', 'left eye', 'right eye'],
      flipPairs: [[1, 2]],
      parts: [
        { name: 'eyes', indices: [1, 2], closed: false },
        { name: 'triangle', indices: [1, 0], closed: false },
      ],
      normalizationPair: [1, 2],
    })
  })

  test('drops pairs and parts that lose their points', () => {
    expect(pickKeypoints(FACE, 'nose', [2])).toEqual({
      name: 'nose',
      pointNames: ['nose'],
      flipPairs: [],
      parts: [{ name: 'triangle', indices: [0], closed: false }],
    })
  })

  test('throws for an index out of range or repeated', () => {
    expect(() => pickKeypoints(FACE, 'bad', [9])).toThrow(expect.objectContaining({ code: 'SCHEME_INVALID' }))
    expect(() => pickKeypoints(FACE, 'bad', [1, 1])).toThrow(expect.objectContaining({ code: 'SCHEME_INVALID' }))
  })
})
