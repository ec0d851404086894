import { IBUG_68, pickKeypoints } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { DESCRIPTOR_LENGTH } from '../feature-maps.ts'
import type { Mesh } from '../mesh-network.ts'
import { encodeMap } from './mesh-regression.ts'
import { createRefinedRegression, encodeRefinement, type PointRefinement } from './refined-regression.ts'

// The corners of the eyes, which are mirror images of each other, and the chin.
const scheme = pickKeypoints(IBUG_68, 'three', [36, 45, 8])
const POINTS = [0.25, 0.5, 0.75, 0.5, 0.5, 0.875]
const regression = encodeMap({
  means: new Float64Array(936),
  offsets: Float64Array.from(POINTS),
  coefficients: new Float64Array(6 * 936),
})

/** Maps whose features are all `value`. */
const createMaps = (value: number) =>
  [
    { side: 8, channels: 16 },
    { side: 4, channels: 32 },
  ].map(({ side, channels }) => ({ side, channels, data: new Float32Array(side * side * channels).fill(value) }))

/** Pixels of the image are 1/100 of the frame. */
const mesh: Mesh = {
  frame: { x: 49.5, y: 49.5, side: 100, degrees: 0 },
  relative: new Float32Array(936),
  points: new Float32Array(936),
  confidence: 1,
  pose: { yaw: 0, pitch: 0, roll: 0 },
  maps: [createMaps(1), createMaps(2)],
}

/** Moves the right eye by (0.01, 0.02), and each point, for each unit of the features' mean, by (0, 0.03). */
const createRefinement = (mirrored: boolean): PointRefinement => {
  const coefficients = new Float64Array(6 * DESCRIPTOR_LENGTH)
  for (let i = 0; i < 3 * DESCRIPTOR_LENGTH; i++) coefficients[2 * i + 1] = 0.03 / DESCRIPTOR_LENGTH
  return { mirrored, offsets: Float64Array.of(0.01, 0.02, 0, 0, 0, 0), coefficients }
}

async function predict(refinement: PointRefinement, maps = mesh.maps): Promise<number[]> {
  const predictor = createRefinedRegression(
    { kind: 'refinedRegression', tta: true, regression, refinement: encodeRefinement(refinement) },
    scheme,
    undefined,
  )
  const image = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } as const
  const [points] = await predictor.predict(image, [{ ...mesh, maps }], true)
  return [...(points as Float32Array)]
}

/** Converts points relative to the frame to pixels: x * 100 - 0.5. */
const toPixels = (relative: readonly number[]) => relative.map((value) => expect.closeTo(100 * value - 0.5, 3))

test('moves the points by the features of the crop', async () => {
  expect(await predict(createRefinement(false))).toEqual(toPixels([0.26, 0.55, 0.75, 0.53, 0.5, 0.905]))
  expect(await predict(createRefinement(false), [createMaps(2)])).toEqual(
    toPixels([0.26, 0.58, 0.75, 0.56, 0.5, 0.935]),
  )
})

test('averages with the mirrored crop, in which the other eye is the right one', async () => {
  // Mirrored, the left eye moves by (-0.01, 0.02 + 2 * 0.03), the right one by (0, 2 * 0.03).
  expect(await predict(createRefinement(true))).toEqual(toPixels([0.255, 0.555, 0.745, 0.555, 0.5, 0.92]))
})
