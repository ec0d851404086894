import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Affine,
  composeAffine,
  cropAndResize,
  IDENTITY,
  invert,
  mapPoint,
  rotation,
  scaling,
  translation,
} from '../geometry/affine.ts'
import { imageBox } from '../geometry/box.ts'
import type { Border } from './border.ts'
import { createImage, type Image } from './image.ts'
import { warpAffine } from './warp-affine.ts'

// OpenCV's and Pillow's numbers, made by warp.golden.py.
const golden = JSON.parse(readFileSync(new URL('warp.golden.json', import.meta.url), 'utf8'))
const image = createImage(Float32Array.from(golden.image as number[]), 16, 12, 1)

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0)

describe('warpAffine', () => {
  test.each(golden.warped as { map: Affine; border: string; pixels: number[] }[])(
    'matches OpenCV without shrinking: map $map, border $border',
    ({ map, border, pixels }) => {
      const borderOption: Border = border === 'constant' ? { constant: 20 } : (border as 'edge' | 'reflect')
      const { data, width, height } = warpAffine(image, map, {
        width: golden.size[0],
        height: golden.size[1],
        border: borderOption,
      })
      expect([width, height]).toEqual(golden.size)
      // OpenCV rounds positions to 1/32 of a pixel; neighbors differ by up to 100 here.
      expect(largestDifference(data, pixels)).toBeLessThan(3.2)
    },
  )

  test.each(golden.resized as { width: number; height: number; pixels: number[] }[])(
    'matches Pillow when it resizes to $width x $height, antialiased',
    ({ width, height, pixels }) => {
      const toInput = invert(cropAndResize(imageBox(image), width, height))
      const { data } = warpAffine(image, toInput, { width, height })
      // At the border Pillow's filter omits outside pixels; ours repeats the edge.
      const inner = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter(
          (_, i) => i % width > 0 && i % width < width - 1 && i >= width && i < width * (height - 1),
        )
      expect(largestDifference(inner(data), inner(pixels))).toBeLessThan(0.01)
    },
  )

  test('the identity returns the same pixels', () => {
    expect(warpAffine(image, IDENTITY, { width: 16, height: 12 }).data).toEqual(image.data)
  })

  test('keeps the kind of data and the number of channels', () => {
    const rgb: Image<Uint8Array> = createImage(
      Uint8Array.from({ length: 27 }, (_, i) => i * 9),
      3,
      3,
      3,
    )
    const { data, channels } = warpAffine(rgb, translation(0.5, 0), { width: 2, height: 3 })
    expect(data).toBeInstanceOf(Uint8Array)
    expect(channels).toBe(3)
    expect(data[0]).toBe(Math.round((0 + 27) / 2))
  })

  test('reflects an image of one pixel onto itself', () => {
    const dot = createImage(Uint8Array.of(77), 1, 1, 1)
    expect([...warpAffine(dot, translation(-1, -1), { width: 3, height: 3, border: 'reflect' }).data]).toEqual(
      new Array(9).fill(77),
    )
  })

  test.each([1.3, 2.5, 5])('shrinks a crop like the whole image: by a factor of %p', (factor) => {
    const [width, height] = [200, 160]
    const data = Float32Array.from({ length: width * height }, (_, i) => 50 * Math.sin((i % width) / 7) + i / width)
    const large = createImage(data, width, height, 1)
    const crop = composeAffine(rotation(10), scaling(factor), translation(70, 50))
    const whole = composeAffine(translation(-40, -40), crop)
    const cropped = warpAffine(large, crop, { width: 12, height: 10 })
    const full = warpAffine(large, whole, { width: 100, height: 100 })
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 12; x++) {
        // Halving starts at another pixel in the crop.
        const difference = (cropped.data[y * 12 + x] as number) - (full.data[(y + 40) * 100 + x + 40] as number)
        expect(Math.abs(difference)).toBeLessThan(3)
      }
    }
  })

  test('leaves the pixels of a Node Buffer as they are', () => {
    const bytes = Uint8Array.from({ length: 200 * 160 }, (_, i) => (i * 7) % 251)
    const buffer = Buffer.from(bytes)
    const map = composeAffine(rotation(10), scaling(2.5), translation(70, 50))
    warpAffine(createImage<Uint8Array>(buffer, 200, 160, 1), map, { width: 12, height: 10 })
    expect(buffer.equals(bytes)).toBe(true)
  })

  test('a position far away reads the border', () => {
    const { data } = warpAffine(image, translation(1e30, -1e30), { width: 2, height: 1 })
    expect([...data]).toEqual([image.data[15], image.data[15]])
  })

  test.each([
    [10, 8],
    [1, 8],
    [10, 1],
    [1, 1],
  ])('a uniform image of %p x %p stays uniform under any map', (width, height) => {
    const uniform = createImage(new Float32Array(width * height).fill(0.3), width, height, 1)
    const bytes = createImage(new Uint8Array(3 * width * height).fill(77), width, height, 3)
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (degrees, scale) => {
          const map = composeAffine(rotation(degrees, 4, 3), scaling(scale, 1, 4, 3))
          for (const value of warpAffine(uniform, map, { width: 6, height: 5 }).data) expect(value).toBeCloseTo(0.3, 4)
          for (const value of warpAffine(bytes, map, { width: 6, height: 5 }).data) expect(value).toBe(77)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('moves a drawn dot like a point, to half a pixel', () => {
    const [width, height] = [60, 50]
    fc.assert(
      fc.property(
        fc.double({ min: 22, max: 38, noNaN: true }),
        fc.double({ min: 18, max: 32, noNaN: true }),
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.double({ min: 0.6, max: 1.5, noNaN: true }),
        (x, y, degrees, scale) => {
          const dot = Float32Array.from({ length: width * height }, (_, i) =>
            Math.exp(-(((i % width) - x) ** 2 + (Math.floor(i / width) - y) ** 2) / 8),
          )
          const map = composeAffine(rotation(degrees, 30, 25), scaling(scale, scale, 30, 25))
          const { data } = warpAffine(createImage(dot, width, height, 1), invert(map), {
            width,
            height,
            border: { constant: 0 },
          })
          const total = data.reduce((sum, value) => sum + value, 0)
          const centerX = data.reduce((sum, value, i) => sum + value * (i % width), 0) / total
          const centerY = data.reduce((sum, value, i) => sum + value * Math.floor(i / width), 0) / total
          const [expectedX, expectedY] = mapPoint(map, x, y)
          expect(Math.hypot(centerX - expectedX, centerY - expectedY)).toBeLessThan(0.5)
        },
      ),
      { numRuns: 40 },
    )
  })
})
