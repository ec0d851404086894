import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Affine,
  composeAffine,
  cropAndResize,
  horizontalReflection,
  IDENTITY,
  invert,
  mapKeypoints,
  mapPoint,
  rotation,
  scaling,
  translation,
} from './affine.ts'

const close = (actual: readonly number[], expected: readonly number[]): void => {
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i] as number, 6)
}
const number = fc.double({ min: -50, max: 50, noNaN: true })

describe('affine maps', () => {
  test('map points', () => {
    close(mapPoint(translation(2, -3), 10, 20), [12, 17])
    close(mapPoint(scaling(2, 3, 10, 10), 11, 11), [12, 13])
    // y points down: a rotation by 90 degrees maps right to down.
    close(mapPoint(rotation(90), 1, 0), [0, 1])
    close(mapPoint(rotation(90, 5, 5), 6, 5), [5, 6])
    // x' = width - 1 - x.
    close(mapPoint(horizontalReflection(80), 0, 7), [79, 7])
    close(mapPoint(horizontalReflection(80), 79, 7), [0, 7])
  })

  test('a resize maps edges to edges: x = (x + 0.5) * width / old - 0.5', () => {
    const half = cropAndResize({ left: 0, top: 0, width: 640, height: 480 }, 320, 240)
    close(mapPoint(half, -0.5, -0.5), [-0.5, -0.5])
    close(mapPoint(half, 639.5, 479.5), [319.5, 239.5])
    close(mapPoint(half, 0.5, 0.5), [0, 0])
    const crop = cropAndResize({ left: 10, top: 20, width: 5, height: 5 }, 5, 5)
    close(mapPoint(crop, 10, 20), [0, 0])
  })

  test('composeAffine applies the first map first', () => {
    close(mapPoint(composeAffine(translation(1, 0), scaling(2)), 3, 4), [8, 8])
    expect(composeAffine()).toEqual(IDENTITY)
  })

  test('horizontalReflection twice is the identity', () => {
    close(composeAffine(horizontalReflection(37), horizontalReflection(37)), IDENTITY)
  })

  test('a map and its inverse compose to the identity', () => {
    fc.assert(
      fc.property(number, number, number, fc.double({ min: 0.1, max: 9, noNaN: true }), (x, y, degrees, scale) => {
        const map = composeAffine(rotation(degrees, 3, 4), scaling(scale, 1 / scale), translation(x, y))
        const [mx, my] = mapPoint(map, x, y)
        const [restoredX, restoredY] = mapPoint(invert(map), mx, my)
        expect(Math.hypot(restoredX - x, restoredY - y)).toBeLessThan(1e-6)
      }),
    )
  })

  test('invert throws for a singular map', () => {
    const singular: Affine = [1, 2, 0, 2, 4, 0]
    expect(() => invert(singular)).toThrow(
      expect.objectContaining({ code: 'AFFINE_SINGULAR', received: '[1,2,0,2,4,0]' }),
    )
    expect(() => invert([Number.NaN, 0, 0, 0, 1, 0])).toThrow(expect.objectContaining({ code: 'AFFINE_SINGULAR' }))
  })

  test('mapKeypoints returns a new array', () => {
    const points = Float32Array.of(1, 2, 3, 4)
    expect([...mapKeypoints(translation(10, 20), points)]).toEqual([11, 22, 13, 24])
    expect([...points]).toEqual([1, 2, 3, 4])
  })
})
