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
  ['an index beyond in a pair', { flipPairs: [[0, 5]] }, '5'],
  ['an index beyond in a part', { parts: [{ name: 'a', indices: [-1], closed: false }] }, '-1'],
  ['an index that is not whole', { normalizationPair: [0, 1.5] }, '1.5'],
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
  ['a point name twice', { pointNames: ['a', 'b', 'c', 'd', 'a'] }, 'a'],
  [
    'a part name twice',
    {
      parts: [
        { name: 'p', indices: [0], closed: false },
        { name: 'p', indices: [1], closed: false },
      ],
    },
    'p',
  ],
])('defineScheme refuses %s', (_, change, received) => {
  expect(() => defineScheme({ ...FACE, ...change })).toThrow(
    expect.objectContaining({ code: 'SCHEME_INVALID', received }),
  )
})

test('flipIndices is its own inverse', () => {
  const mirror = flipIndices(defineScheme(FACE))
  expect(mirror).toEqual([1, 0, 2, 4, 3])
  expect(mirror.map((index) => mirror[index])).toEqual([0, 1, 2, 3, 4])
})

describe('pickKeypoints', () => {
  test('renumbers pairs and parts, in the order given', () => {
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

  test('drops what loses its points', () => {
    expect(pickKeypoints(FACE, 'nose', [2])).toEqual({
      name: 'nose',
      pointNames: ['nose'],
      flipPairs: [],
      parts: [{ name: 'triangle', indices: [0], closed: false }],
    })
  })

  test('a point that is not there, or twice, is an error', () => {
    expect(() => pickKeypoints(FACE, 'bad', [9])).toThrow(expect.objectContaining({ code: 'SCHEME_INVALID' }))
    expect(() => pickKeypoints(FACE, 'bad', [1, 1])).toThrow(expect.objectContaining({ code: 'SCHEME_INVALID' }))
  })
})
