import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Affine, chain, mapKeypoints, rotation, scaling } from './affine.ts'
import { createImage } from './image.ts'
import { remapImage } from './remap.ts'
import { type Border, warpAffine } from './warp.ts'

// OpenCV's numbers, made by warp.golden.py.
const golden = JSON.parse(readFileSync(new URL('warp.golden.json', import.meta.url), 'utf8'))
const picture = createImage(Float32Array.from(golden.picture as number[]), 16, 12, 1)

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)

const centres = (width: number, height: number): Float32Array =>
  Float32Array.from({ length: 2 * width * height }, (_, i) =>
    i % 2 === 0 ? (i >> 1) % width : Math.floor((i >> 1) / width),
  )

describe('remapImage', () => {
  test.each(golden.remapped as { border: string; pixels: number[] }[])(
    'without shrinking gives what OpenCV gives: border $border',
    ({ border, pixels }) => {
      const beyond: Border = border === 'constant' ? { constant: 20 } : (border as 'edge' | 'reflect')
      const positions = Float32Array.from(golden.positions as number[])
      const { data } = remapImage(picture, positions, golden.size[0], golden.size[1], beyond)
      // OpenCV rounds positions to 1/32 of a pixel; neighbours differ by up to 100 here.
      expect(largestDifference(data, pixels)).toBeLessThan(3.2)
    },
  )

  test.each<[string, Affine]>([
    ['turns', rotation(20, 6, 5)],
    ['shrinks', chain(rotation(-15, 6, 5), scaling(2.2, 1.4, 3, 3))],
  ])('does what warpAffine does where the positions are those of a map that %s', (_, toInput) => {
    const [width, height] = [9, 8]
    const bytes = createImage(
      Uint8Array.from({ length: 16 * 12 * 3 }, (_, i) => (i * 37) % 256),
      16,
      12,
      3,
    )
    const positions = mapKeypoints(toInput, centres(width, height))
    const [a, b] = [
      remapImage(bytes, positions, width, height, 'reflect'),
      warpAffine(bytes, toInput, width, height, 'reflect'),
    ]
    expect(a).toMatchObject({ width, height, channels: 3 })
    expect(a.data).toBeInstanceOf(Uint8Array)
    expect(largestDifference(a.data, b.data)).toBeLessThanOrEqual(1)
  })

  test('asks for a position a pixel', () => {
    expect(() => remapImage(picture, new Float32Array(6), 2, 2)).toThrow(
      expect.objectContaining({ code: 'REMAP_POSITIONS' }),
    )
  })
})
