import { describe, expect, test } from '@jest/globals'
import { createImage, normalizeImage } from './image.ts'

describe('createImage', () => {
  test('holds the given pixels', () => {
    const data = new Uint8Array(24)
    expect(createImage(data, 4, 2, 3)).toEqual({ data, width: 4, height: 2, channels: 3 })
  })

  test.each([
    [23, 4, 2],
    [24, 4, 2.5],
    [0, 0, 2],
    [24, -4, -2],
  ])('throws for %i numbers for %d x %d', (count, width, height) => {
    expect(() => createImage(new Uint8Array(count), width, height, 3)).toThrow(
      expect.objectContaining({ code: 'IMAGE_SIZE', received: `${count} numbers for ${width} x ${height} x 3` }),
    )
  })
})

test('normalizeImage maps bytes to -0.5..0.5 and leaves real numbers unchanged', () => {
  const image = normalizeImage(createImage(Uint8Array.of(0, 255, 51, 102), 2, 2, 1))
  const expected = [-0.5, 0.5, -0.3, -0.1]
  for (const [i, value] of image.data.entries()) expect(value).toBeCloseTo(expected[i] as number, 6)
  expect(normalizeImage(image)).toBe(image)
})
