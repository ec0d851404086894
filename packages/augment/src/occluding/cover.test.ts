import { createImage, createSample, HIDDEN, NOT_LABELED, VISIBLE } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { coarseDropout } from './coarse-dropout.ts'
import { occluder } from './occluder.ts'

const WIDTH = 40
const HEIGHT = 30
const face = (channels: 1 | 3) =>
  createSample({
    id: 'face',
    image: createImage(new Uint8Array(WIDTH * HEIGHT * channels).fill(200), WIDTH, HEIGHT, channels),
    keypoints: Float32Array.of(9, 8, 30, 20, 9, 9, 10, 8, Number.NaN, 0),
    visibility: Uint8Array.of(VISIBLE, VISIBLE, HIDDEN, NOT_LABELED, NOT_LABELED),
  })

test('a covered point becomes hidden, and the others keep their visibility', () => {
  const hole = { left: 0.1, top: 0.1, width: 0.3, height: 0.4, color: [0, 0, 0] as const }
  const result = coarseDropout({ holes: 1, size: [0.1, 0.5] }).apply(face(1), { holes: [hole] })
  expect([...result.visibility]).toEqual([HIDDEN, VISIBLE, HIDDEN, NOT_LABELED, NOT_LABELED])
  expect(result.keypoints).toEqual(face(1).keypoints)
  // Columns 4 to 15, rows 3 to 14.
  const covered = Array.from(result.image.data, (value, i) => (value === 0 ? i : -1)).filter((i) => i >= 0)
  expect(covered.length).toBe(12 * 12)
  expect([covered[0], covered.at(-1)]).toEqual([3 * WIDTH + 4, 14 * WIDTH + 15])
})

test('an occluder is rotated, has two colors, and hides the pixels below it', () => {
  const params = { x: 0.25, y: 0.3, width: 0.6, height: 0.2, degrees: 90, from: [1, 0, 0], to: [0, 0, 1] } as const
  const result = occluder({ size: [0, 1] }).apply(face(3), { shape: 'rectangle', ...params })
  expect([...result.visibility]).toEqual([HIDDEN, VISIBLE, HIDDEN, NOT_LABELED, NOT_LABELED])
  const at = (x: number, y: number): number[] => [
    ...result.image.data.subarray(3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3),
  ]
  expect(at(9, 1)[0]).toBeGreaterThan(220)
  expect(at(9, 16)[2]).toBeGreaterThan(220)
  expect(at(16, 8)).toEqual([200, 200, 200])
  const ellipse = occluder({ size: [0, 1] }).apply(face(3), { shape: 'ellipse', ...params })
  const painted = (data: ArrayLike<number>): number =>
    Array.from(data).filter((value, i) => i % 3 === 1 && value !== 200).length
  // The area of an ellipse to that of its box.
  expect(painted(ellipse.image.data) / painted(result.image.data)).toBeCloseTo(Math.PI / 4, 1)
})

test('a gray image takes the luminance of a color', () => {
  const hole = { left: 0, top: 0, width: 1, height: 1, color: [1, 0, 0] as const }
  const { image } = coarseDropout({ holes: 1, size: [0, 1] }).apply(face(1), { holes: [hole] })
  expect(new Set(image.data)).toEqual(new Set([76]))
})
