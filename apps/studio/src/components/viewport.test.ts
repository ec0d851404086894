import { describe, expect, test } from '@jest/globals'
import { clampViewport, placeImage, toCanvas, toImage, WHOLE_IMAGE, zoomAt } from './viewport.ts'

const image = { width: 200, height: 100 }
const canvas = { width: 400, height: 400 }

test('the whole image is centered', () => {
  expect(placeImage(WHOLE_IMAGE, image, canvas)).toEqual({ scale: 2, offsetX: 0, offsetY: 100 })
})

test('a keypoint lies at the center of its pixel', () => {
  const placement = placeImage(WHOLE_IMAGE, image, canvas)
  expect(toCanvas(placement, 0, 0)).toEqual([1, 101])
  expect(toCanvas(placement, 199, 99)).toEqual([399, 299])
  expect(toImage(placement, 399, 299)).toEqual([199, 99])
})

describe('zoomAt', () => {
  test.each([
    [0.5, 0.5],
    [0.75, 0.4],
    [0.3, 0.6],
  ])('keeps the place of the image under (%d, %d)', (x, y) => {
    const fitted = { width: 1, height: 2 }
    const before = toImage(placeImage(WHOLE_IMAGE, image, canvas), x * 400, y * 400)
    const zoomed = zoomAt(WHOLE_IMAGE, 4, { x, y, ...fitted })
    const after = toImage(placeImage(zoomed, image, canvas), x * 400, y * 400)
    expect(zoomed.zoom).toBe(4)
    for (const i of [0, 1] as const) expect(after[i]).toBeCloseTo(before[i], 6)
  })

  test('is at least the whole image, centered, and at most 40', () => {
    const corner = { zoom: 2, centerX: 0.9, centerY: 0.75 }
    expect(zoomAt(corner, 0.1, { x: 0.9, y: 0.9, width: 1, height: 1 })).toEqual(WHOLE_IMAGE)
    expect(zoomAt(corner, 1000, { x: 0.5, y: 0.5, width: 1, height: 1 }).zoom).toBe(40)
  })
})

test('the image cannot be pushed out of sight', () => {
  expect(clampViewport({ zoom: 4, centerX: 2, centerY: -1 })).toEqual({ zoom: 4, centerX: 0.875, centerY: 0.125 })
})
