import { createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { partErrorsPx, pointErrorsPx } from './errors-by-part.ts'

const scheme = defineScheme({
  name: 'three',
  pointNames: ['a', 'b', 'c'],
  flipPairs: [],
  parts: [
    { name: 'line', indices: [0, 1], closed: false },
    { name: 'dot', indices: [2], closed: false },
  ],
})

/** Creates a sample with three points at the origin; its file is `scale` times as large. */
function face(visibility: number[], scale = 1): Sample {
  return createSample({
    id: 'face',
    image: createImage(new Uint8Array(100), 10, 10, 1),
    keypoints: new Float32Array(6),
    visibility: Uint8Array.from(visibility),
    toSource: [scale, 0, 0, 0, scale, 0],
  })
}

describe('pointErrorsPx', () => {
  test('is the mean over the faces that label a point, in pixels of their files', () => {
    const faces = [
      { sample: face([2, 1, 0]), points: Float32Array.of(3, 4, 0, 1, 9, 9) },
      { sample: face([2, 0, 0], 2), points: Float32Array.of(3, 4, 9, 9, 9, 9) },
    ]
    expect(pointErrorsPx(faces)).toEqual([7.5, 1, Number.NaN])
  })

  test('is infinite for a point that is predicted as NaN for a face that labels it', () => {
    const faces = [
      { sample: face([2, 2, 0]), points: Float32Array.of(3, 4, 0, 1, Number.NaN, 9) },
      { sample: face([2, 2, 2]), points: Float32Array.of(3, 4, Number.NaN, 1, 0, 2) },
    ]
    expect(pointErrorsPx(faces)).toEqual([5, Infinity, 2])
  })

  test('no face is an error', () => {
    expect(() => pointErrorsPx([])).toThrow(expect.objectContaining({ code: 'DATASET_EMPTY' }))
  })
})

describe('partErrorsPx', () => {
  test("is the mean over a part's points that have an error", () => {
    expect(partErrorsPx([7, 3, Number.NaN], scheme)).toEqual([
      { name: 'line', errorPx: 5 },
      { name: 'dot', errorPx: Number.NaN },
    ])
    expect(partErrorsPx([7, Number.NaN, 2], scheme)).toEqual([
      { name: 'line', errorPx: 7 },
      { name: 'dot', errorPx: 2 },
    ])
  })

  test('is infinite for a part with a labeled point that is predicted as NaN', () => {
    const points = Float32Array.of(3, 4, Number.NaN, 1, 0, 2)
    const partErrors = (visibility: number[]) =>
      partErrorsPx(pointErrorsPx([{ sample: face(visibility), points }]), scheme).map(({ errorPx }) => errorPx)
    expect(partErrors([2, 2, 2])).toEqual([Infinity, 2])
    expect(partErrors([2, 0, 2])).toEqual([5, 2])
  })

  test('another number of points is an error', () => {
    expect(() => partErrorsPx([1, 2], scheme)).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_COUNT', received: '2 errors', expected: '3 errors' }),
    )
  })
})
