import { createImage } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { resized } from '../fixtures/fixtures.ts'
import { resizeImage } from './resize.ts'

describe.each(resized)('$from to $to', ({ from: [width, height, channels], to, bytes, reals }) => {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * i * 31 + i * 17) % 256)

  test('bytes equal PIL', () => {
    const image = resizeImage(createImage(data, width, height, channels), ...to)
    expect(Array.from(image.data)).toEqual(bytes)
    expect([image.width, image.height, image.channels]).toEqual([...to, channels])
  })

  test('floats equal PIL', () => {
    const image = resizeImage(createImage(Float32Array.from(data), width, height, channels), ...to)
    for (const [i, value] of image.data.entries()) expect(Math.abs(value - (reals[i] as number))).toBeLessThan(2e-4)
  })
})

// import torch; from torchvision.transforms.functional import resize
// resize(torch.arange(20.).reshape(1, 4, 5) ** 2, [2, 3], antialias=True)
test('floats equal torchvision with antialias', () => {
  const image = createImage(
    Float32Array.from({ length: 20 }, (_, i) => i * i),
    5,
    4,
    1,
  )
  const expected = [28.4898, 43.7302, 63.5102, 153.0816, 193.0159, 237.4898]
  const { data } = resizeImage(image, 3, 2)
  for (const [i, value] of data.entries()) expect(value).toBeCloseTo(expected[i] as number, 3)
  expect(data.length).toBe(expected.length)
})
const side = fc.integer({ min: 1, max: 12 })

test('resizing to the same size returns the same pixels', () => {
  fc.assert(
    fc.property(side, side, fc.constantFrom(1 as const, 3 as const), (width, height, channels) => {
      const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256)
      expect(resizeImage(createImage(data, width, height, channels), width, height).data).toEqual(data)
    }),
  )
})

test('a constant stays that constant', () => {
  fc.assert(
    fc.property(fc.tuple(side, side), fc.tuple(side, side), fc.nat(255), ([width, height], size, value) => {
      const bytes = resizeImage(createImage(new Uint8Array(width * height).fill(value), width, height, 1), ...size)
      expect(bytes.data.every((v) => v === value)).toBe(true)
    }),
  )
})

test.each([
  [0, 3],
  [3, -1],
  [1.5, 2],
  [Number.NaN, 2],
])('rejects %p x %p', (width, height) => {
  const image = createImage(new Uint8Array(4), 2, 2, 1)
  expect(() => resizeImage(image, width, height)).toThrow(expect.objectContaining({ code: 'RESIZE_SIZE' }))
})

test.each([new Uint8Array(4), new Float32Array(4)])('names the size if there is no memory for it: %p', (data) => {
  expect(() => resizeImage(createImage(data, 2, 2, 1), 2 ** 20, 2 ** 20)).toThrow(
    expect.objectContaining({ code: 'RESIZE_SIZE', expected: expect.stringContaining('fewer pixels') }),
  )
})
