import { createImage } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cropImage } from './crop.ts'

const image = createImage(
  Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => i),
  4,
  3,
  3,
)

test('copies pixels inside the image and pads pixels outside', () => {
  const width = fc.integer({ min: 1, max: 9 })
  const place = fc.integer({ min: -9, max: 9 })
  fc.assert(
    fc.property(place, place, width, width, (left, top, width, height) => {
      const crop = cropImage(image, { left, top, width, height }, { pad: 200 })
      expect(crop).toMatchObject({ width, height, channels: 3 })
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [sx, sy] = [left + x, top + y]
          const inside = sx >= 0 && sy >= 0 && sx < 4 && sy < 3
          for (let c = 0; c < 3; c++) {
            expect(crop.data[(y * width + x) * 3 + c]).toBe(inside ? image.data[(sy * 4 + sx) * 3 + c] : 200)
          }
        }
      }
    }),
  )
})

test('pads with 0 by default, and with floats in float images', () => {
  const real = createImage(Float32Array.of(0.25), 1, 1, 1)
  const box = { left: 0, top: 0, width: 2, height: 1 }
  expect(Array.from(cropImage(real, box).data)).toEqual([0.25, 0])
  expect(Array.from(cropImage(real, box, { pad: -0.5 }).data)).toEqual([0.25, -0.5])
})

test.each([256, -1, Number.NaN, 'white'])('rejects %p as a byte outside the image', (pad) => {
  const crop = () => cropImage(image, { left: -1, top: 0, width: 2, height: 2 }, { pad: pad as number })
  expect(crop).toThrow(expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining('options.pad') }))
})

test('names the box if there is no memory for it', () => {
  const box = { left: 0, top: 0, width: 2 ** 30, height: 2 ** 30 }
  expect(() => cropImage(image, box)).toThrow(
    expect.objectContaining({ code: 'CROP_BOX', expected: expect.stringContaining('fewer pixels') }),
  )
})

test.each([
  { left: 0.5, top: 0, width: 1, height: 1 },
  { left: 0, top: 0, width: 0, height: 1 },
  { left: 0, top: 0, width: 1, height: -1 },
  { left: 0, top: Number.NaN, width: 1, height: 1 },
])('rejects %p', (box) => {
  const expected = 'integer left and top, positive integer width and height'
  expect(() => cropImage(image, box)).toThrow(expect.objectContaining({ code: 'CROP_BOX', expected }))
})
