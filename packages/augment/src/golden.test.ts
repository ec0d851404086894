import { readFileSync } from 'node:fs'
import { createImage, createSample, type Image, type Json, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import type { Augmentation } from './augmentation.ts'
import { affine } from './geometric/affine.ts'
import { perspective } from './geometric/perspective.ts'
import { clahe } from './photometric/clahe.ts'
import { jpeg } from './photometric/jpeg.ts'
import { normalize } from './photometric/normalize.ts'
import { TRANSFORMS } from './registry.ts'

// torchvision's, OpenCV's and Pillow's numbers, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const [width, height] = golden.size as [number, number]
const units = Float32Array.from(golden.image as number[])
const createGoldenSample = (image: Image, ...keypoints: number[]): Sample =>
  createSample({ id: 'golden', image, keypoints: Float32Array.from(keypoints) })
/** As intensities stand in real numbers: -0.5 black to 0.5 white. */
const real = createImage(
  units.map((unit) => unit - 0.5),
  width,
  height,
  3,
)
const bytes = createImage(
  Uint8Array.from(units, (unit) => Math.round(unit * 255)),
  width,
  height,
  3,
)
const toUnitValues = ({ data }: Image): number[] =>
  Array.from(data, (value) => (data instanceof Uint8Array ? value / 255 : value + 0.5))

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)
}

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length

describe('affine', () => {
  test.each(golden.affine as { params: object; pixels: number[] }[])(
    'as torchvision: $params',
    ({ params, pixels }) => {
      // torchvision takes zeros to lie beyond.
      const image = createImage(units, width, height, 3)
      const step = affine({ border: { constant: 0 } })
      const { data } = step.apply(createGoldenSample(image, 1, 1), { ...params, width, height } as never).image
      expect(largestDifference(data, pixels)).toBeLessThan(1e-4)
    },
  )

  test('shears like OpenCV with a matrix', () => {
    const { params, point, pixels } = golden.sheared
    const result = affine().apply(createGoldenSample(real, 4, 7), { ...params, width, height })
    expect(largestDifference(result.keypoints, point)).toBeLessThan(1e-4)
    // OpenCV rounds positions to 1/32 of a pixel.
    expect(largestDifference(toUnitValues(result.image), pixels)).toBeLessThan(0.02)
  })
})

test('perspective equals that of OpenCV', () => {
  const { corners, points, moved, pixels } = golden.perspective
  const result = perspective({ strength: 0.2 }).apply(createGoldenSample(real, ...points), { corners, width, height })
  expect(largestDifference(result.keypoints, moved)).toBeLessThan(1e-4)
  expect(largestDifference(toUnitValues(result.image), pixels)).toBeLessThan(0.02)
})

describe('colors', () => {
  const options: Record<string, object> = {
    contrast: { factor: 0 },
    gamma: { gamma: 1 },
    sharpen: { factor: 0 },
    blur: { sigma: 0 },
    motionBlur: { length: 1 },
  }
  test.each(golden.photometric as { name: string; params: Json; pixels: number[] }[])(
    '$name as torchvision or OpenCV: $params',
    ({ name, params, pixels }) => {
      const step = (TRANSFORMS[name] as (options: object) => Augmentation)(options[name] ?? {})
      const ofReal = toUnitValues(step.apply(createGoldenSample(real, 1, 1), params).image)
      // torchvision weighs red by 0.2989, we by 0.299.
      expect(largestDifference(ofReal, pixels)).toBeLessThan(5e-4)
      const ofBytes = toUnitValues(step.apply(createGoldenSample(bytes, 1, 1), params).image)
      expect(largestDifference(ofBytes, pixels)).toBeLessThan(0.02)
    },
  )

  test('normalize equals that of torchvision', () => {
    const { options, values } = golden.normalized
    const step = normalize(options)
    expect(largestDifference(step.apply(createGoldenSample(real, 1, 1), {}).image.data, values)).toBeLessThan(1e-4)
    expect(largestDifference(step.apply(createGoldenSample(bytes, 1, 1), {}).image.data, values)).toBeLessThan(0.01)
  })
})

interface Plane {
  readonly width: number
  readonly height: number
  readonly image: number[]
  readonly pixels: number[]
}

test.each(golden.clahe as (Plane & { tiles: number; clipLimit: number })[])(
  'CLAHE as OpenCV: $width x $height, $tiles tiles, limit $clipLimit',
  ({ width, height, tiles, clipLimit, image: input, pixels }) => {
    const image = createImage(Uint8Array.from(input), width, height, 1)
    const { data } = clahe({ tiles }).apply(createGoldenSample(image, 1, 1), { clipLimit }).image
    expect([...data]).toEqual(pixels)
  },
)

test.each(golden.jpeg as (Plane & { channels: 1 | 3; quality: number })[])(
  'JPEG as Pillow: $width x $height x $channels, quality $quality',
  ({ width, height, channels, quality, image: input, pixels }) => {
    const image = createImage(Uint8Array.from(input), width, height, channels)
    const { data } = jpeg({ quality: [1, 100] }).apply(createGoldenSample(image, 1, 1), { quality }).image
    // libjpeg computes in whole numbers, so that here and there a coefficient falls to the neighboring step.
    const near = Array.from(data).filter((value, i) => Math.abs(value - (pixels[i] as number)) <= 2).length
    expect(near / pixels.length).toBeGreaterThan(0.75)
    expect(meanDifference(data, pixels)).toBeLessThan(1.5)
    expect(meanDifference(input, pixels)).toBeGreaterThan(2.5 * meanDifference(data, pixels))
  },
)
