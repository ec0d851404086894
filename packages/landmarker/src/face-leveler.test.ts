import { useBackend } from '@facekp/backend'
import {
  boundingBox,
  createImage,
  createSample,
  IBUG_68,
  invert,
  mapKeypoints,
  pointAt,
  rotation,
  type Sample,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { type FaceLeveler, loadFaceLeveler } from './face-leveler.ts'
import { createLeveledCrop, mapLeveledCrop } from './predictors/network-crop.ts'

const SIZE = { width: 200, height: 150 }

let leveler: FaceLeveler
let upright: Sample
beforeAll(async () => {
  await useBackend('onnx')
  leveler = await loadFaceLeveler()
  upright = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...SIZE }).get(0)
})
afterAll(() => leveler.dispose())

test('the margin of a leveled crop lies around the mesh, of whose square the crop of the mesh network has 1.5 sides', () => {
  expect(createLeveledCrop({ margin: 0.25 })).toEqual({ kind: 'leveled', scale: 1 })
  expect(createLeveledCrop({ margin: 0.2 }).scale).toBeCloseTo(1.4 / 1.5, 12)
})

test.each([0, 40])(
  'a face that is tilted by %i degrees is level in its crop, found in its box or by the detector',
  async (degrees) => {
    const sample = warpSample(upright, rotation(degrees, 100, 75), SIZE)
    const faces = [
      await leveler.levelBox(sample.image, boundingBox(sample.keypoints)),
      await leveler.levelSample(sample),
    ]
    for (const face of faces) {
      expect(face.confidence).toBeGreaterThan(0.8)
      const points = mapKeypoints(
        invert(mapLeveledCrop(face, createLeveledCrop({ margin: 0.2 }), 100)),
        sample.keypoints,
      )
      const [rightX, rightY] = pointAt(points, 36)
      const [leftX, leftY] = pointAt(points, 45)
      expect(Math.abs(Math.atan2(leftY - rightY, leftX - rightX))).toBeLessThan((8 * Math.PI) / 180)
      const { left, top, width, height } = boundingBox(points)
      expect(Math.min(left, top, 100 - left - width, 100 - top - height)).toBeGreaterThan(0)
    }
  },
)

test('a sample without a face is upright about its box, or about its labeled points', async () => {
  const image = createImage(new Uint8Array(100 * 80).fill(128), 100, 80, 1)
  // Points along the edges of the box; the third is not labeled.
  const keypoints = Float32Array.of(29.5, 19.5, 59.5, 59.5, 5, 5)
  const labels = { id: 'gray', image, keypoints, visibility: Uint8Array.of(2, 2, 0) }
  const box = { left: 30, top: 20, width: 30, height: 40 }
  // A square of 1.62 times the larger side; its center lies above that of the box, by 0.07 of the box's height.
  const frame = { x: 44.5, y: expect.closeTo(39.5 - 0.07 * 40, 4), side: expect.closeTo(64.8, 4), degrees: 0 }
  for (const sample of [createSample({ ...labels, box }), createSample(labels)]) {
    expect(await leveler.levelSample(sample)).toEqual({ frame, confidence: 0 })
  }
  const unlabeled = createSample({ ...labels, visibility: Uint8Array.of(0, 0, 0) })
  await expect(leveler.levelSample(unlabeled)).rejects.toMatchObject({ code: 'LANDMARKER_BOX' })
  await expect(leveler.levelBox(image, { ...box, width: 0 })).rejects.toMatchObject({ code: 'LANDMARKER_BOX' })
})

test('dispose frees the weights', async () => {
  const before = tf.memory().numTensors
  const second = await loadFaceLeveler()
  expect(tf.memory().numTensors).toBeGreaterThan(before)
  second.dispose()
  expect(tf.memory().numTensors).toBe(before)
})

test('dispose waits for the calls under way, and refuses further ones', async () => {
  const before = tf.memory().numTensors
  const second = await loadFaceLeveler()
  const leveling = [second.levelSample(upright), second.levelBox(upright.image, boundingBox(upright.keypoints))]
  second.dispose()
  for (const { confidence } of await Promise.all(leveling)) expect(confidence).toBeGreaterThan(0.8)
  await expect(second.levelSample(upright)).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  expect(tf.memory().numTensors).toBe(before)
})
