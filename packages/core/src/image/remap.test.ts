import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Affine, composeAffine, mapKeypoints, rotation, scaling, translation } from '../geometry/affine.ts'
import type { Border } from './border.ts'
import { createImage } from './image.ts'
import { remapImage } from './remap.ts'
import { warpAffine } from './warp-affine.ts'

// OpenCV's numbers, made by warp.golden.py.
const golden = JSON.parse(readFileSync(new URL('warp.golden.json', import.meta.url), 'utf8'))
const image = createImage(Float32Array.from(golden.image as number[]), 16, 12, 1)

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0)

const centers = (width: number, height: number): Float32Array =>
  Float32Array.from({ length: 2 * width * height }, (_, i) =>
    i % 2 === 0 ? (i >> 1) % width : Math.floor((i >> 1) / width),
  )

describe('remapImage', () => {
  test.each(golden.remapped as { border: string; pixels: number[] }[])(
    'matches OpenCV without shrinking: border $border',
    ({ border, pixels }) => {
      const borderOption: Border = border === 'constant' ? { constant: 20 } : (border as 'edge' | 'reflect')
      const positions = Float32Array.from(golden.positions as number[])
      const { data } = remapImage(image, positions, {
        width: golden.size[0],
        height: golden.size[1],
        border: borderOption,
      })
      // OpenCV rounds positions to 1/32 of a pixel; neighbors differ by up to 100 here.
      expect(largestDifference(data, pixels)).toBeLessThan(3.2)
    },
  )

  test.each<[string, Affine, number]>([
    ['rotates', rotation(20, 30, 25), 1],
    // The two functions approximate the filter differently.
    ['shrinks', composeAffine(rotation(-15, 12, 10), scaling(1.9, 1.4, 12, 10), translation(17, 14)), 3],
  ])('matches warpAffine for the positions of a map that %s', (_, toInput, tolerance) => {
    const [width, height] = [24, 20]
    const smooth = Uint8Array.from({ length: 60 * 50 * 3 }, (_, i) => {
      const c = i % 3
      const x = Math.floor(i / 3) % 60
      const y = Math.floor(i / 180)
      return 128 + 60 * Math.sin(x / 4 + c) + 50 * Math.cos(y / 5 - c)
    })
    const input = createImage(smooth, 60, 50, 3)
    const positions = mapKeypoints(toInput, centers(width, height))
    const a = remapImage(input, positions, { width, height, border: 'reflect' })
    const b = warpAffine(input, toInput, { width, height, border: 'reflect' })
    expect(a).toMatchObject({ width, height, channels: 3 })
    expect(a.data).toBeInstanceOf(Uint8Array)
    expect(largestDifference(a.data, b.data)).toBeLessThanOrEqual(tolerance)
  })

  test('positions far away or far apart read the border', () => {
    const far = Float32Array.of(1e30, -1e30, Number.POSITIVE_INFINITY, 5, 1e6, -1e6, -3e5, 5)
    for (const border of ['edge', 'reflect', { constant: 20 }] as const) {
      for (const value of remapImage(image, far, { width: 2, height: 2, border }).data) {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(255)
      }
    }
    const uniform = createImage(new Float32Array(80).fill(0.3), 10, 8, 1)
    for (const value of remapImage(uniform, far, { width: 2, height: 2 }).data) expect(value).toBeCloseTo(0.3, 4)
  })

  test('throws unless there is one position for each pixel', () => {
    expect(() => remapImage(image, new Float32Array(6), { width: 2, height: 2 })).toThrow(
      expect.objectContaining({ code: 'REMAP_POSITIONS' }),
    )
  })
})
