import { expect, test } from '@jest/globals'
import { scaleFace } from './scale-face.ts'

test('a face of a small copy is mapped along both sides, whose rounded sizes have different ratios', () => {
  // 533.2 x 1600 pixels, rounded.
  const copy = { width: 533, height: 1600 }
  const image = { width: 1333, height: 4000 }
  // Edges of the copy, which are those of the image, and its middle.
  const mesh = Float32Array.of(-0.5, -0.5, 532.5, 1599.5, 266, 799.5)
  const { box, mesh: scaled } = scaleFace({ box: { left: 0, top: 0, ...copy }, mesh }, copy, image)
  expect(box).toEqual({ left: 0, top: 0, width: expect.closeTo(1333, 6), height: expect.closeTo(4000, 6) })
  const expected = [-0.5, -0.5, 1332.5, 3999.5, 666, 1999.5]
  expect([...scaled]).toEqual(expected.map((value) => expect.closeTo(value, 3)))
})
