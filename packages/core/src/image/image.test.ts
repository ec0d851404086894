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

  // A canvas has Uint8ClampedArray with alpha; numpy and JSON have float64 and plain arrays.
  test.each([
    ['Float64Array', Float64Array.of(0, 1, 0.5, 0.25)],
    ['Uint8ClampedArray', Uint8ClampedArray.of(1, 2, 3, 4)],
    ['Uint16Array', Uint16Array.of(1, 2, 3, 4)],
    ['Array', [1, 2, 3, 4]],
    ['undefined', undefined],
  ])('throws for pixels in a %s', (received, data) => {
    expect(() => createImage(data as never, 2, 2, 1)).toThrow(
      expect.objectContaining({ code: 'IMAGE_DATA', received, expected: expect.stringContaining('Uint8Array.from') }),
    )
  })

  test('accepts the bytes of a Buffer', () => {
    expect(createImage(Buffer.from([1, 2, 3, 4]), 2, 2, 1)).toMatchObject({ width: 2, channels: 1 })
  })

  test.each([0, 2, 4])('throws for %d channels', (channels) => {
    expect(() => createImage(new Uint8Array(4 * channels), 2, 2, channels as 1)).toThrow(
      expect.objectContaining({ code: 'IMAGE_CHANNELS', received: String(channels) }),
    )
  })
})

test('normalizeImage maps bytes to -0.5..0.5 and leaves real numbers unchanged', () => {
  const image = normalizeImage(createImage(Uint8Array.of(0, 255, 51, 102), 2, 2, 1))
  const expected = [-0.5, 0.5, -0.3, -0.1]
  for (const [i, value] of image.data.entries()) expect(value).toBeCloseTo(expected[i] as number, 6)
  expect(normalizeImage(image)).toBe(image)
  const doubles = { data: Float64Array.of(0, 0.5), width: 2, height: 1, channels: 1 } as never
  expect(() => normalizeImage(doubles)).toThrow(expect.objectContaining({ code: 'IMAGE_DATA' }))
})
