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
} from './affine.ts'
import type { Border } from './border.ts'
import { imageBox } from './box.ts'
import { createImage, type Image } from './image.ts'
import { warpAffine } from './warp.ts'

// OpenCV's and Pillow's numbers, made by warp.golden.py.
const golden = JSON.parse(readFileSync(new URL('warp.golden.json', import.meta.url), 'utf8'))
const picture = createImage(Float32Array.from(golden.picture as number[]), 16, 12, 1)

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)

describe('warpAffine', () => {
  test.each(golden.warped as { map: Affine; border: string; pixels: number[] }[])(
    'without shrinking gives what OpenCV gives: map $map, border $border',
    ({ map, border, pixels }) => {
      const beyond: Border = border === 'constant' ? { constant: 20 } : (border as 'edge' | 'reflect')
      const { data, width, height } = warpAffine(picture, map, golden.size[0], golden.size[1], beyond)
      expect([width, height]).toEqual(golden.size)
      // OpenCV rounds positions to 1/32 of a pixel; neighbors differ by up to 100 here.
      expect(largestDifference(data, pixels)).toBeLessThan(3.2)
    },
  )

  test.each(golden.resized as { width: number; height: number; pixels: number[] }[])(
    'resizes to $width x $height as Pillow does, antialiased where it shrinks',
    ({ width, height, pixels }) => {
      const toInput = invert(cropAndResize(imageBox(picture), width, height))
      const { data } = warpAffine(picture, toInput, width, height)
      // Pillow leaves out what lies beyond the edge, where here the edge goes on.
      const inner = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter(
          (_, i) => i % width > 0 && i % width < width - 1 && i >= width && i < width * (height - 1),
        )
      expect(largestDifference(inner(data), inner(pixels))).toBeLessThan(0.01)
    },
  )

  test('the identity changes nothing', () => {
    expect(warpAffine(picture, IDENTITY, 16, 12).data).toEqual(picture.data)
  })

  test('bytes stay bytes, and channels their number', () => {
    const rgb: Image<Uint8Array> = createImage(
      Uint8Array.from({ length: 27 }, (_, i) => i * 9),
      3,
      3,
      3,
    )
    const { data, channels } = warpAffine(rgb, translation(0.5, 0), 2, 3)
    expect(data).toBeInstanceOf(Uint8Array)
    expect(channels).toBe(3)
    expect(data[0]).toBe(Math.round((0 + 27) / 2))
  })

  test('reflects a picture of one pixel onto itself', () => {
    const dot = createImage(Uint8Array.of(77), 1, 1, 1)
    expect([...warpAffine(dot, translation(-1, -1), 3, 3, 'reflect').data]).toEqual(new Array(9).fill(77))
  })

  test.each([1.3, 2.5, 5])('shrinks a part as it shrinks the whole: %p times', (times) => {
    const [width, height] = [200, 160]
    const data = Float32Array.from({ length: width * height }, (_, i) => 50 * Math.sin((i % width) / 7) + i / width)
    const large = createImage(data, width, height, 1)
    const part = composeAffine(rotation(10), scaling(times), translation(70, 50))
    const around = composeAffine(translation(-40, -40), part)
    const [own, all] = [warpAffine(large, part, 12, 10), warpAffine(large, around, 100, 100)]
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 12; x++) {
        // The two begin to pair pixels at other places.
        const difference = (own.data[y * 12 + x] as number) - (all.data[(y + 40) * 100 + x + 40] as number)
        expect(Math.abs(difference)).toBeLessThan(3)
      }
    }
  })

  test('a place however far is the picture continued there', () => {
    const { data } = warpAffine(picture, translation(1e30, -1e30), 2, 1)
    expect([...data]).toEqual([picture.data[15], picture.data[15]])
  })

  test.each([
    [10, 8],
    [1, 8],
    [10, 1],
    [1, 1],
  ])('a picture of %p x %p in one color keeps it under any map', (width, height) => {
    const plain = createImage(new Float32Array(width * height).fill(0.3), width, height, 1)
    const bytes = createImage(new Uint8Array(3 * width * height).fill(77), width, height, 3)
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (degrees, scale) => {
          const map = composeAffine(rotation(degrees, 4, 3), scaling(scale, 1, 4, 3))
          for (const value of warpAffine(plain, map, 6, 5).data) expect(value).toBeCloseTo(0.3, 4)
          for (const value of warpAffine(bytes, map, 6, 5).data) expect(value).toBe(77)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('moves a drawn dot to where it moves a point, to half a pixel', () => {
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
          const { data } = warpAffine(createImage(dot, width, height, 1), invert(map), width, height, { constant: 0 })
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
