import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { allVisible, fromRelative, pointAt, pointDistances, toRelative } from './keypoints.ts'

describe('keypoints', () => {
  test('allVisible', () => expect([...allVisible(3)]).toEqual([2, 2, 2]))

  test('pointAt returns x and y, and throws for an index out of range', () => {
    const points = Float32Array.of(1, 2, 3, 4)
    expect(pointAt(points, 1)).toEqual([3, 4])
    for (const index of [2, -1, 0.3]) {
      expect(() => pointAt(points, index)).toThrow(
        expect.objectContaining({ code: 'KEYPOINT_INDEX', expected: '0 to 1' }),
      )
    }
  })

  test('pointDistances of a 3-4-5 triangle', () => {
    expect([...pointDistances(Float32Array.of(0, 0, 1, 1), Float32Array.of(3, 4, 1, 1))]).toEqual([5, 0])
    expect(() => pointDistances(new Float32Array(2), new Float32Array(4))).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_COUNT', received: '1 and 2' }),
    )
  })

  test('relative coordinates are 0 and 1 at the edges: (x + 0.5) / width', () => {
    expect([...toRelative(Float32Array.of(-0.5, -0.5, 79.5, 59.5, 39.5, 29.5), 80, 60)]).toEqual([0, 0, 1, 1, 0.5, 0.5])
  })

  test('fromRelative inverts toRelative', () => {
    const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true })
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        (x, y, w, h) => {
          const [restoredX, restoredY] = fromRelative(toRelative(Float32Array.of(x, y), w, h), w, h) as unknown as [
            number,
            number,
          ]
          expect(Math.hypot(restoredX - x, restoredY - y)).toBeLessThan(0.01)
        },
      ),
    )
  })
})
