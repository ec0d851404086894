import { describe, expect, test } from '@jest/globals'
import { composeAffine, horizontalReflection, mapPoint, rotation, scaling, translation } from './geometry/affine.ts'
import { inverseWarpPoints, type Warp } from './geometry/nonlinear-warp.ts'
import { createImage } from './image/image.ts'
import { createSample, type Sample, selectKeypoints, toSourcePoints, warpSample, warpToSource } from './sample.ts'

const image = createImage(
  Uint8Array.from({ length: 20 * 10 }, (_, i) => i),
  20,
  10,
  1,
)
const sample = (): Sample =>
  createSample({
    id: 'a',
    image,
    keypoints: Float32Array.of(4, 3, 12, 6),
    visibility: Uint8Array.of(2, 1),
    box: { left: 2, top: 1, width: 10, height: 6 },
  })

describe('createSample', () => {
  test('defaults: all points visible, toSource the identity', () => {
    const defaults = createSample({ id: 'b', image, keypoints: Float32Array.of(1, 2) })
    expect(defaults).toMatchObject({ visibility: Uint8Array.of(2), toSource: [1, 0, 0, 0, 1, 0] })
    expect(defaults).not.toHaveProperty('box')
  })

  test('throws for the wrong number of visibilities and for coordinates that are not finite', () => {
    expect(() =>
      createSample({ id: 'b', image, keypoints: Float32Array.of(1, 2), visibility: Uint8Array.of(2, 2) }),
    ).toThrow(expect.objectContaining({ code: 'KEYPOINT_COUNT', message: expect.stringContaining('sample b') }))
    expect(() => createSample({ id: 'b', image, keypoints: Float32Array.of(1, Number.NaN) })).toThrow(
      expect.objectContaining({ code: 'KEYPOINT_NOT_FINITE' }),
    )
    expect(() =>
      createSample({ id: 'b', image, keypoints: Float32Array.of(1, Number.NaN), visibility: Uint8Array.of(0) }),
    ).not.toThrow()
  })

  test.each<[string, Partial<Record<keyof Sample, unknown>>, string, string]>([
    ['-1 in a Uint8Array', { visibility: Uint8Array.from([-1]) }, 'KEYPOINT_VISIBILITY', '255, which is -1'],
    ['visibility 7', { visibility: Uint8Array.of(7) }, 'KEYPOINT_VISIBILITY', '7'],
    ['-1 in a plain array', { visibility: [-1] }, 'KEYPOINT_TYPE', 'Array'],
    ['0.3 in a Float32Array', { visibility: Float32Array.of(0.3) }, 'KEYPOINT_TYPE', 'Float32Array'],
    ['plain keypoints', { keypoints: [1, 2] }, 'KEYPOINT_TYPE', 'Array'],
    ['keypoints of doubles', { keypoints: Float64Array.of(1, 2) }, 'KEYPOINT_TYPE', 'Float64Array'],
    ['an odd number of coordinates', { keypoints: Float32Array.of(1, 2, 3) }, 'KEYPOINT_COUNT', '3 coordinates'],
    ['an infinite coordinate', { keypoints: Float32Array.of(1, Infinity) }, 'KEYPOINT_NOT_FINITE', '(1, Infinity)'],
    ['a box without numbers', { box: { left: 0, top: 0, width: Number.NaN, height: 2 } }, 'SAMPLE_BOX', 'NaN'],
    ['pixels of doubles', { image: { ...image, data: new Float64Array(200) } }, 'IMAGE_DATA', 'Float64Array'],
    ['too few pixels', { image: { ...image, width: 30 } }, 'IMAGE_SIZE', '200 numbers'],
  ])('throws for %s', (_, fields, code, received) => {
    expect(() => createSample({ id: 'b', image, keypoints: Float32Array.of(1, 2), ...fields } as Sample)).toThrow(
      expect.objectContaining({ code, received: expect.stringContaining(received), expected: expect.any(String) }),
    )
  })
})

test('selectKeypoints selects points and visibility in order', () => {
  expect(selectKeypoints(sample(), [1, 0])).toMatchObject({
    keypoints: Float32Array.of(12, 6, 4, 3),
    visibility: Uint8Array.of(1, 2),
  })
  expect(() => selectKeypoints(sample(), [2])).toThrow(expect.objectContaining({ code: 'KEYPOINT_INDEX' }))
})

describe('warpSample', () => {
  test('maps image, points, box and toSource together', () => {
    const map = composeAffine(translation(3, 2), scaling(2))
    const warped = warpSample(sample(), map, { width: 50, height: 30 })
    expect([warped.image.width, warped.image.height]).toEqual([50, 30])
    expect([...warped.keypoints]).toEqual([14, 10, 30, 16])
    // Edges: (2 - 0.5 + 3) * 2 + 0.5.
    expect(warped.box).toEqual({ left: 9.5, top: 5.5, width: 20, height: 12 })
    expect([...toSourcePoints(warped, warped.keypoints)]).toEqual([4, 3, 12, 6])
  })

  test('neither drops nor clamps points outside the image', () => {
    const warped = warpSample(sample(), translation(-10, 0), { width: 20, height: 10 })
    expect([...warped.keypoints]).toEqual([-6, 3, 2, 6])
    expect([...warped.visibility]).toEqual([2, 1])
  })

  test('toSourcePoints inverts two warps in a row', () => {
    const twice = warpSample(
      warpSample(sample(), rotation(20, 9, 4), { width: 30, height: 30 }),
      horizontalReflection(30),
      { width: 30, height: 30 },
    )
    const restored = toSourcePoints(twice, twice.keypoints)
    for (const [i, value] of sample().keypoints.entries()) expect(restored[i]).toBeCloseTo(value, 4)
  })

  test('horizontalReflection twice restores image and points', () => {
    const twice = warpSample(
      warpSample(sample(), horizontalReflection(20), { width: 20, height: 10 }),
      horizontalReflection(20),
      { width: 20, height: 10 },
    )
    expect(twice.image.data).toEqual(image.data)
    expect(twice.keypoints).toEqual(sample().keypoints)
  })

  test('the box contains the four mapped corners', () => {
    const map = rotation(90, 10, 5)
    const { box } = warpSample(sample(), map, { width: 20, height: 10 })
    const [x0, y0] = mapPoint(map, 1.5, 0.5)
    expect(box?.left).toBeCloseTo(Math.min(x0, mapPoint(map, 11.5, 6.5)[0]) + 0.5)
    expect(box?.top).toBeCloseTo(Math.min(y0, mapPoint(map, 11.5, 6.5)[1]) + 0.5)
    expect(box?.width).toBeCloseTo(6)
    expect(box?.height).toBeCloseTo(10)
  })

  test('adds no box, and throws for a singular map', () => {
    const { box, ...plain } = sample()
    expect(warpSample(plain, translation(1, 1), { width: 20, height: 10 })).not.toHaveProperty('box')
    expect(() => warpSample(plain, [0, 0, 0, 0, 0, 0], { width: 20, height: 10 })).toThrow(
      expect.objectContaining({ code: 'AFFINE_SINGULAR' }),
    )
  })
})

describe('warpToSource', () => {
  const warp: Warp = { kind: 'homography', matrix: [1, 0.1, 2, 0, 1.2, -1, 0.001, 0, 1] }

  test('toSourcePoints inverts warps and affine maps, the most recent first', () => {
    const small = warpSample(sample(), scaling(0.5), { width: 10, height: 5 })
    const warped = { ...small, ...warpToSource(small, warp) }
    const twice = warpSample({ ...warped, ...warpToSource(warped, warp) }, translation(3, 1), { width: 10, height: 5 })
    const points = Float32Array.of(4, 3, 8, 2)
    const shifted = points.map((value, i) => value - (i % 2 === 0 ? 3 : 1))
    const expected = inverseWarpPoints(warp, inverseWarpPoints(warp, shifted)).map((value) => value * 2)
    expect(twice.warps?.length).toBe(2)
    for (const [i, value] of toSourcePoints(twice, points).entries())
      expect(value).toBeCloseTo(expected[i] as number, 4)
  })
})
