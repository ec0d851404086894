import { expect, test } from '@jest/globals'
import { chooseRadius } from './choose-radius.ts'

/** The corners of a square of 24 pixels, away from (0, 0): the usual distance is 24 / sqrt(4) = 12. */
const SQUARE = [200, 100, 224, 100, 200, 124, 224, 124]

test('marks have a sixth of the usual distance of points, 0.8 to 3.5 pixels of the page', () => {
  const points = Float32Array.from(SQUARE)
  expect([0.1, 1, 1.5, 10].map((scale) => chooseRadius({ points }, scale))).toEqual([0.8, 2, 3, 3.5])
})

test('points without a place do not count', () => {
  const face = { points: Float32Array.of(0, 0, ...SQUARE, 0, 0), visibility: Uint8Array.of(0, 2, 1, 2, 2, 0) }
  expect(chooseRadius(face, 1)).toBe(2)
})

test('a point that is alone cannot touch another', () => {
  const face = { points: Float32Array.of(0, 0, 200, 100), visibility: Uint8Array.of(0, 2) }
  expect(chooseRadius(face, 0.1)).toBe(3.5)
  expect(chooseRadius({ points: new Float32Array(4), visibility: new Uint8Array(2) }, 1)).toBe(3.5)
})
