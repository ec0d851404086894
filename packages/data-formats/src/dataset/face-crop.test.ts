import { expect, test } from '@jest/globals'
import { computeCrop, type FaceCrop, faceCropSchema } from './face-crop.ts'

const face = { left: 10, top: 20, width: 40, height: 20 }
const compute = (crop: FaceCrop, box = face) => computeCrop(box, faceCropSchema.parse(crop))

test('the box is extended to a square about its center, unless it is stretched', () => {
  expect(compute({ size: 240 })).toEqual({
    box: { left: 10, top: 10, width: 40, height: 40 },
    width: 240,
    height: 240,
    pad: 0,
  })
  expect(compute({ size: 240, stretch: true }).box).toEqual(face)
})

test('the margin is added on each side', () => {
  expect(compute({ size: 10, margin: 0.25, stretch: true }).box).toEqual({ left: 0, top: 15, width: 60, height: 30 })
  expect(compute({ size: 10, margin: 0.5 }).box).toEqual({ left: -10, top: -10, width: 80, height: 80 })
  expect(compute({ size: 10, margin: -0.25 }).box).toEqual({ left: 20, top: 20, width: 20, height: 20 })
})

test('the box is extended to the aspect ratio of the crop', () => {
  expect(compute({ size: { width: 100, height: 200 }, pad: 128 })).toEqual({
    box: { left: 10, top: -10, width: 40, height: 80 },
    width: 100,
    height: 200,
    pad: 128,
  })
})

test('edges are whole pixels, and the crop has at least one', () => {
  expect(compute({ size: 8 }, { left: 3.3, top: 4.8, width: 0.2, height: 0.1 }).box).toEqual({
    left: 3,
    top: 4,
    width: 1,
    height: 1,
  })
  const { box } = compute({ size: 8 }, { left: 0.5, top: 1.5, width: 3.5, height: 3 })
  expect(Object.values(box).every(Number.isInteger)).toBe(true)
})

test.each([
  { size: 0 },
  { size: { width: 8 } },
  { size: 8.5 },
  {},
  { size: 8, margin: -0.5 },
  { size: 8, pad: 256 },
  { size: 8, sides: 1 },
])('%j is invalid', (crop) => {
  expect(faceCropSchema.safeParse(crop).success).toBe(false)
})
