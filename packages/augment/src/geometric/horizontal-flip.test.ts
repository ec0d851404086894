import { createImage, createSample, randomStream, transformSample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { replay } from '../json.ts'
import { horizontalFlip } from './horizontal-flip.ts'

const scheme = { name: 'pair', pointNames: ['a', 'b'], flipPairs: [[0, 1]] as const }
const three = createSample({
  id: 'three',
  image: createImage(new Uint8Array(20), 5, 4, 1),
  keypoints: Float32Array.of(1, 1, 2, 2, 3, 3),
})

describe('a sample of another scheme is recognized by its points', () => {
  const size = { width: 5, height: 4 }
  test.each<[string, () => unknown]>([
    [
      'drawn and applied',
      () => transformSample(horizontalFlip({ scheme }), three, randomStream({ seed: 1, purpose: 'test' })),
    ],
    ['replayed', () => replay(three, [{ ...horizontalFlip({ scheme }).toJSON(), params: size }])],
    ['predicted', () => horizontalFlip({ scheme }).inverse(size)(three.keypoints)],
  ])('%s', (_, act) => {
    expect(act).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_COUNT', received: '3', expected: '2, those of the scheme' }),
    )
  })
})

test.each([
  [[[0, 2]]],
  [[[1, 1]]],
  [
    [
      [0, 1],
      [1, 2],
    ],
  ],
])('mirror pairs %j of two points are an error', (pairs) => {
  const wrong = { ...scheme, flipPairs: pairs as [number, number][] }
  expect(() => horizontalFlip({ scheme: wrong })).toThrow(expect.objectContaining({ code: 'AUGMENT_OPTIONS' }))
})
