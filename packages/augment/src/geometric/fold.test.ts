import { createImage, createSample, type Random, randomStream } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import type { Augmentation, Augmented } from '../augmentation.ts'
import { compose } from '../composition/compose.ts'
import { affine } from './affine.ts'
import { perspective } from './perspective.ts'

// Left stays left and up stays up: three points that run clockwise do so still, however much is drawn.
const sample = createSample({
  id: 'clockwise',
  image: createImage(new Uint8Array(40 * 30).fill(100), 40, 30, 1),
  keypoints: Float32Array.of(18, 14, 22, 14, 20, 17),
})
const stream = (index: number): Random => randomStream({ seed: 1, purpose: 'fold', index })
const drawn = (augmentation: Augmentation, index: number): Augmented =>
  augmentation.apply(sample, augmentation.makeParams(stream(index), sample))

function clockwise({ keypoints }: Augmented): boolean {
  const [ax, ay, bx, by, cx, cy] = keypoints as unknown as [number, number, number, number, number, number]
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0
}

describe('at their strongest', () => {
  test.each<[string, Augmentation]>([
    ['affine', affine({ degrees: 180, scale: 3, shift: 1, shear: 40 }) as Augmentation],
    ['perspective', perspective({ strength: 0.24 }) as Augmentation],
  ])('%s does not fold the image', (_, augmentation) => {
    for (let index = 0; index < 120; index++) expect(clockwise(drawn(augmentation, index))).toBe(true)
  })

  test('the most distorted corners of a perspective stay in order', () => {
    const corners = [0.24, 0.24, -0.24, -0.24, 0, 0, -0.24, -0.24]
    expect(clockwise(perspective({ strength: 0.24 }).apply(sample, { corners, width: 40, height: 30 }))).toBe(true)
  })

  test('a perspective is sampled beyond its horizon', () => {
    const far = compose([perspective({ strength: 0.24 }), affine({ scale: [0.2, 0.2], shift: 1 })])
    for (let index = 0; index < 3; index++) expect(new Set(drawn(far, index).image.data)).toEqual(new Set([100]))
  })
})

test.each<[string, () => unknown]>([
  ['a shear by which lines fall together', () => affine({ shear: 45 })],
  ['a perspective that may fold over', () => perspective({ strength: 0.25 })],
  ['an image scaled to a thousandth', () => affine({ scale: 1001 })],
])('%s is an error', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'AUGMENT_OPTIONS' }))
})
