import { createImage, createSample, type Random, randomStream, type Sample, transformSample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { affine } from './affine.ts'
import { randomCropAroundBox } from './random-crop-around-box.ts'

const WIDTH = 100
const HEIGHT = 80
const sample = createSample({
  id: 'face',
  image: createImage(new Uint8Array(WIDTH * HEIGHT), WIDTH, HEIGHT, 1),
  keypoints: Float32Array.of(6, 40, 92, 38, 50, 76, 50, 5, 130, 20, Number.NaN, 0),
  // The fifth lies outside from the beginning, the sixth has no label.
  visibility: Uint8Array.of(2, 2, 2, 1, 1, 0),
  box: { left: 20, top: 20, width: 60, height: 50 },
})
const stream = (index: number): Random => randomStream({ seed: 1, purpose: 'test', index })
const inside = ({ keypoints, image: { width, height } }: Sample, point: number): boolean => {
  const x = keypoints[2 * point] as number
  const y = keypoints[2 * point + 1] as number
  return x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
}
const allInside = (result: Sample): boolean => [0, 1, 2, 3].every((point) => inside(result, point))
const indices = [...Array(60).keys()]

describe('keepPointsInside', () => {
  test('limits rotation, scale and shift', () => {
    const options = { degrees: 45, scale: 1.5, shift: 0.2 }
    const limited = indices.map((i) =>
      transformSample(affine({ ...options, keepPointsInside: true }), sample, stream(i)),
    )
    const unlimited = indices.map((i) => transformSample(affine(options), sample, stream(i)))
    expect(limited.every(allInside)).toBe(true)
    expect(unlimited.every(allInside)).toBe(false)
    // What keeps the points anyway is done as it was drawn.
    for (const [i, result] of unlimited.entries())
      if (allInside(result)) expect(limited[i]?.keypoints).toEqual(result.keypoints)
    expect(limited.some(({ keypoints }) => Math.abs((keypoints[0] as number) - 6) > 1)).toBe(true)
  })

  test.each(['box', 'points', 'image'] as const)('widens and moves a crop around the %s', (around) => {
    const options = { width: 40, height: 40, around, scale: 1.5, shift: 0.3 }
    const limited = indices.map((i) =>
      transformSample(randomCropAroundBox({ ...options, keepPointsInside: true }), sample, stream(i)),
    )
    const unlimited = indices.map((i) => transformSample(randomCropAroundBox(options), sample, stream(i)))
    expect(limited.every(allInside)).toBe(true)
    expect(unlimited.every(allInside)).toBe(false)
    // Nothing is stretched: two distances along the two axes keep their ratio.
    for (const { keypoints } of limited) {
      const across = (keypoints[2] as number) - (keypoints[0] as number)
      const down = (keypoints[5] as number) - (keypoints[7] as number)
      expect(across / down).toBeCloseTo(86 / 71, 3)
    }
  })
})

describe('randomCropAroundBox', () => {
  test('around the box, with a margin, without jitter', () => {
    const { box } = randomCropAroundBox({ width: 30, height: 30, margin: 0.1 }).makeParams(stream(1), sample)
    // 60 x 50, a fifth more, and as high as wide.
    expect([box.left, box.top, box.width, box.height].map((value) => value.toFixed(4))).toEqual([
      '14.0000',
      '9.0000',
      '72.0000',
      '72.0000',
    ])
  })

  test('around points on a line, such as two level eyes', () => {
    const eyes = { ...sample, keypoints: Float32Array.of(10, 20, 30, 20), visibility: Uint8Array.of(2, 2) }
    const crop = randomCropAroundBox({ width: 30, height: 30, around: 'points', margin: 0.1 })
    // 20 apart, a fifth more, about (20, 20), which is 20.5 along the edges.
    const { left, top, width, height } = crop.makeParams(stream(1), eyes).box
    for (const side of [width, height]) expect(side).toBeCloseTo(24, 9)
    for (const edge of [left, top]) expect(edge).toBeCloseTo(8.5, 9)
    const same = { ...eyes, keypoints: Float32Array.of(10, 20, 10, 20) }
    expect(() => crop.makeParams(stream(1), same)).toThrow(expect.objectContaining({ code: 'AUGMENT_NO_BOX' }))
  })

  test('a sample without a box, or without points, is an error', () => {
    const { box, ...boxless } = sample
    const size = { width: 30, height: 30 }
    const noBox = expect.objectContaining({ code: 'AUGMENT_NO_BOX' })
    expect(() => randomCropAroundBox(size).makeParams(stream(1), boxless)).toThrow(noBox)
    const unlabeled = { ...sample, visibility: new Uint8Array(6) }
    expect(() => randomCropAroundBox({ ...size, around: 'points' }).makeParams(stream(1), unlabeled)).toThrow(noBox)
  })
})
