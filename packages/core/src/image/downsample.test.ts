import { describe, expect, test } from '@jest/globals'
import { blurByVariance } from './blur.ts'
import { downsample2x } from './downsample.ts'
import { createImage, type Image } from './image.ts'

const pixelAt = ({ data, width, height, channels }: Image, x: number, y: number, c: number): number =>
  data[(Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)) * channels + c] as number

/** Widths that are a multiple of four bytes, and widths that are not. */
const SIZES: readonly (readonly [width: number, height: number, channels: 1 | 3])[] = [
  [8, 6, 1],
  [7, 5, 1],
  [4, 3, 3],
  [5, 4, 3],
  [1, 1, 1],
]

const IMAGES = SIZES.flatMap(([width, height, channels]) => {
  const bytes = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 73 + 255 * (i % 2)) % 256)
  return [createImage(bytes, width, height, channels), createImage(Float32Array.from(bytes), width, height, channels)]
})
const CASES = IMAGES.map((image): [string, Image] => [
  `${image.width} x ${image.height} x ${image.channels} ${image.data.constructor.name}`,
  image,
])

describe.each(CASES)('%s', (_, image) => {
  const isReal = image.data instanceof Float32Array

  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])('downsample2x, horizontal %p, vertical %p: the mean of two or four pixels', (horizontal, vertical) => {
    const half = downsample2x(image, { horizontal, vertical })
    expect(half.width).toBe(horizontal ? Math.ceil(image.width / 2) : image.width)
    expect(half.height).toBe(vertical ? Math.ceil(image.height / 2) : image.height)
    for (let y = 0; y < half.height; y++) {
      for (let x = 0; x < half.width; x++) {
        for (let c = 0; c < image.channels; c++) {
          const left = horizontal ? 2 * x : x
          const top = vertical ? 2 * y : y
          const right = horizontal ? left + 1 : left
          const bottom = vertical ? top + 1 : top
          const mean =
            (pixelAt(image, left, top, c) +
              pixelAt(image, right, top, c) +
              pixelAt(image, left, bottom, c) +
              pixelAt(image, right, bottom, c)) /
            4
          expect(Math.abs(pixelAt(half, x, y, c) - mean)).toBeLessThanOrEqual(isReal ? 1e-5 : 0.5)
        }
      }
    }
  })

  test('blurByVariance: each neighbor weighs half the variance; edge pixels are repeated', () => {
    const horizontal = 0.25
    const vertical = 0.375
    const blurred = blurByVariance(image, { horizontal, vertical })
    const row = (x: number, y: number, c: number): number =>
      (1 - horizontal) * pixelAt(image, x, y, c) +
      (horizontal / 2) * (pixelAt(image, x - 1, y, c) + pixelAt(image, x + 1, y, c))
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        for (let c = 0; c < image.channels; c++) {
          const above = Math.max(y - 1, 0)
          const below = Math.min(y + 1, image.height - 1)
          const expected = (1 - vertical) * row(x, y, c) + (vertical / 2) * (row(x, above, c) + row(x, below, c))
          expect(Math.abs(pixelAt(blurred, x, y, c) - expected)).toBeLessThanOrEqual(isReal ? 1e-4 : 1)
        }
      }
    }
  })
})
