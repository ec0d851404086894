import { createImage, createSample, mapPoint, pointAt, toSourcePoints } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { resizeImage } from './resize.ts'
import { graySample, resizeSample } from './sample.ts'

const image = createImage(
  Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 29) % 256),
  8,
  6,
  3,
)
const sample = createSample({
  id: 'face',
  image,
  keypoints: Float32Array.of(-0.5, -0.5, 7.5, 5.5, 3, 2),
  box: { left: 2, top: 1, width: 4, height: 3 },
})

test('resizes image, points and box', () => {
  const small = resizeSample(sample, 4, 2)
  expect(small.image).toEqual(resizeImage(image, 4, 2))
  // The corners of the image stay its corners; (3 + 0.5) / 2 - 0.5 and (2 + 0.5) / 3 - 0.5.
  const expected = [-0.5, -0.5, 3.5, 1.5, 1.25, 1 / 3]
  for (const [i, value] of small.keypoints.entries()) expect(value).toBeCloseTo(expected[i] as number, 5)
  expect(small.box).toEqual({ left: 1, top: 1 / 3, width: 2, height: 1 })
  expect(resizeSample(createSample({ id: 'x', image, keypoints: new Float32Array(2) }), 4, 2).box).toBeUndefined()
})

test('toSource maps back after two resizes', () => {
  const side = fc.integer({ min: 1, max: 20 })
  fc.assert(
    fc.property(side, side, side, side, (w1, h1, w2, h2) => {
      const twice = resizeSample(resizeSample(sample, w1, h1), w2, h2)
      for (const [i, value] of toSourcePoints(twice, twice.keypoints).entries()) {
        expect(value).toBeCloseTo(sample.keypoints[i] as number, 3)
      }
    }),
  )
})

test('a dot in the image stays at its point', () => {
  const data = new Float32Array(40 * 30)
  data[12 * 40 + 25] = 1
  const dot = createSample({ id: 'dot', image: createImage(data, 40, 30, 1), keypoints: Float32Array.of(25, 12) })
  const small = resizeSample(dot, 20, 10)
  const total = Array.from(small.image.data).reduce((sum, value) => sum + value, 0)
  const center = [0, 0]
  for (const [i, value] of small.image.data.entries()) {
    center[0] = (center[0] as number) + ((i % 20) * value) / total
    center[1] = (center[1] as number) + (Math.floor(i / 20) * value) / total
  }
  const [x, y] = pointAt(small.keypoints, 0)
  expect(Math.abs((center[0] as number) - x)).toBeLessThan(0.1)
  expect(Math.abs((center[1] as number) - y)).toBeLessThan(0.1)
  expect(mapPoint(small.toSource, x, y)[0]).toBeCloseTo(25, 4)
})

test('graySample changes the image only', () => {
  const gray = graySample(sample)
  expect(gray.image.channels).toBe(1)
  expect({ ...gray, image }).toEqual(sample)
})
