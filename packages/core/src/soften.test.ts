import { describe, expect, test } from '@jest/globals'
import { halve } from './halve.ts'
import { createImage, type Image } from './image.ts'
import { soften } from './soften.ts'

const pixelAt = ({ data, width, height, channels }: Image, x: number, y: number, c: number): number =>
  data[(Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)) * channels + c] as number

/** Sides that fill whole words of four bytes, and sides that do not. */
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
const named = IMAGES.map((image): [string, Image] => [
  `${image.width} x ${image.height} x ${image.channels} ${image.data.constructor.name}`,
  image,
])

describe.each(named)('%s', (_, image) => {
  const real = image.data instanceof Float32Array

  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])('halved across %p, down %p: the mean of what each pixel stands for', (across, down) => {
    const half = halve(image, across, down)
    expect(half.width).toBe(across ? Math.ceil(image.width / 2) : image.width)
    expect(half.height).toBe(down ? Math.ceil(image.height / 2) : image.height)
    for (let y = 0; y < half.height; y++) {
      for (let x = 0; x < half.width; x++) {
        for (let c = 0; c < image.channels; c++) {
          const [left, top] = [across ? 2 * x : x, down ? 2 * y : y]
          const [right, bottom] = [across ? left + 1 : left, down ? top + 1 : top]
          const mean =
            (pixelAt(image, left, top, c) +
              pixelAt(image, right, top, c) +
              pixelAt(image, left, bottom, c) +
              pixelAt(image, right, bottom, c)) /
            4
          expect(Math.abs(pixelAt(half, x, y, c) - mean)).toBeLessThanOrEqual(real ? 1e-5 : 0.5)
        }
      }
    }
  })

  test('softened: neighbors have half the variance each, and a pixel at the edge is its own', () => {
    const [across, down] = [0.25, 0.375]
    const soft = soften(image, across, down)
    const row = (x: number, y: number, c: number): number =>
      (1 - across) * pixelAt(image, x, y, c) +
      (across / 2) * (pixelAt(image, x - 1, y, c) + pixelAt(image, x + 1, y, c))
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        for (let c = 0; c < image.channels; c++) {
          const [above, below] = [Math.max(y - 1, 0), Math.min(y + 1, image.height - 1)]
          const expected = (1 - down) * row(x, y, c) + (down / 2) * (row(x, above, c) + row(x, below, c))
          expect(Math.abs(pixelAt(soft, x, y, c) - expected)).toBeLessThanOrEqual(real ? 1e-4 : 1)
        }
      }
    }
  })
})
