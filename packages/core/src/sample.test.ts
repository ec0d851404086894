import { describe, expect, test } from '@jest/globals'
import { composeAffine, horizontalReflection, mapPoint, rotation, scaling, translation } from './affine.ts'
import { inverseWarpPoints, type Warp } from './bend.ts'
import { createImage } from './image.ts'
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
  test('takes all points for visible and the picture for the file, unless told otherwise', () => {
    const plain = createSample({ id: 'b', image, keypoints: Float32Array.of(1, 2) })
    expect(plain).toMatchObject({ visibility: Uint8Array.of(2), toSource: [1, 0, 0, 0, 1, 0] })
    expect(plain).not.toHaveProperty('box')
  })

  test('refuses visibility of another number, and coordinates that are none', () => {
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
})

test('selectKeypoints takes points and visibility in the order given', () => {
  expect(selectKeypoints(sample(), [1, 0])).toMatchObject({
    keypoints: Float32Array.of(12, 6, 4, 3),
    visibility: Uint8Array.of(1, 2),
  })
})

describe('warpSample', () => {
  test('moves picture, points, box and the way back together', () => {
    const map = composeAffine(translation(3, 2), scaling(2))
    const warped = warpSample(sample(), map, 50, 30)
    expect([warped.image.width, warped.image.height]).toEqual([50, 30])
    expect([...warped.keypoints]).toEqual([14, 10, 30, 16])
    // Edges: (2 - 0.5 + 3) * 2 + 0.5.
    expect(warped.box).toEqual({ left: 9.5, top: 5.5, width: 20, height: 12 })
    expect([...toSourcePoints(warped, warped.keypoints)]).toEqual([4, 3, 12, 6])
  })

  test('points beyond the picture stay, neither dropped nor clamped', () => {
    const warped = warpSample(sample(), translation(-10, 0), 20, 10)
    expect([...warped.keypoints]).toEqual([-6, 3, 2, 6])
    expect([...warped.visibility]).toEqual([2, 1])
  })

  test('one warp after another leads back to the file all the same', () => {
    const twice = warpSample(warpSample(sample(), rotation(20, 9, 4), 30, 30), horizontalReflection(30), 30, 30)
    const back = toSourcePoints(twice, twice.keypoints)
    for (const [i, value] of sample().keypoints.entries()) expect(back[i]).toBeCloseTo(value, 4)
  })

  test('horizontalReflection twice gives the picture and the points back', () => {
    const twice = warpSample(warpSample(sample(), horizontalReflection(20), 20, 10), horizontalReflection(20), 20, 10)
    expect(twice.image.data).toEqual(image.data)
    expect(twice.keypoints).toEqual(sample().keypoints)
  })

  test('the box holds the four moved corners', () => {
    const map = rotation(90, 10, 5)
    const { box } = warpSample(sample(), map, 20, 10)
    const [x0, y0] = mapPoint(map, 1.5, 0.5)
    expect(box?.left).toBeCloseTo(Math.min(x0, mapPoint(map, 11.5, 6.5)[0]) + 0.5)
    expect(box?.top).toBeCloseTo(Math.min(y0, mapPoint(map, 11.5, 6.5)[1]) + 0.5)
    expect(box?.width).toBeCloseTo(6)
    expect(box?.height).toBeCloseTo(10)
  })

  test('without a box there is none, and a flat map is an error', () => {
    const { box, ...plain } = sample()
    expect(warpSample(plain, translation(1, 1), 20, 10)).not.toHaveProperty('box')
    expect(() => warpSample(plain, [0, 0, 0, 0, 0, 0], 20, 10)).toThrow(
      expect.objectContaining({ code: 'AFFINE_SINGULAR' }),
    )
  })
})

describe('warpToSource', () => {
  const bend: Warp = { kind: 'homography', matrix: [1, 0.1, 2, 0, 1.2, -1, 0.001, 0, 1] }

  test('goes the way back through warps and affine maps, the last one done first', () => {
    const small = warpSample(sample(), scaling(0.5), 10, 5)
    const bent = { ...small, ...warpToSource(small, bend) }
    const twice = warpSample({ ...bent, ...warpToSource(bent, bend) }, translation(3, 1), 10, 5)
    const points = Float32Array.of(4, 3, 8, 2)
    const moved = points.map((value, i) => value - (i % 2 === 0 ? 3 : 1))
    const expected = inverseWarpPoints(bend, inverseWarpPoints(bend, moved)).map((value) => value * 2)
    expect(twice.warps?.length).toBe(2)
    for (const [i, value] of toSourcePoints(twice, points).entries())
      expect(value).toBeCloseTo(expected[i] as number, 4)
  })
})
