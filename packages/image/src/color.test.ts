import { createImage } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toGray, toRgb } from './color.ts'

test('gray is Rec. 601, rounded', () => {
  // Red, green, blue, white, and 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15.
  const image = createImage(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30), 5, 1, 3)
  expect(toGray(image)).toEqual(createImage(Uint8Array.of(76, 150, 29, 255, 18), 5, 1, 1))
})

// import numpy as np; from PIL import Image
// rgb = (np.arange(36) ** 2 * 31 % 256).astype(np.uint8).reshape(1, 12, 3); list(Image.fromarray(rgb).convert('L').getdata())
test('bytes are those of PIL', () => {
  const rgb = Uint8Array.from({ length: 36 }, (_, i) => (i * i * 31) % 256)
  expect([...toGray(createImage(rgb, 12, 1, 3)).data]).toEqual([
    32, 149, 190, 97, 125, 48, 138, 124, 185, 187, 131, 225,
  ])
})

test('floats are not rounded', () => {
  const gray = toGray(createImage(Float32Array.of(0.5, -0.5, 0.25), 1, 1, 3))
  expect(gray.data[0]).toBeCloseTo(0.299 * 0.5 - 0.587 * 0.5 + 0.114 * 0.25, 6)
})

test('gray to RGB and back is the identity', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (data) => {
      const gray = createImage(data, 3, 2, 1)
      expect(toGray(toRgb(gray))).toEqual(gray)
    }),
  )
})

test('returns an image unchanged if it has the channels already', () => {
  const gray = createImage(new Uint8Array(4), 2, 2, 1)
  const rgb = toRgb(gray)
  expect(toGray(gray)).toBe(gray)
  expect(toRgb(rgb)).toBe(rgb)
})
