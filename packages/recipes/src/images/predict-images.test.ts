import { useBackend } from '@facekp/backend'
import { boundingBox, IMM_58, mapDataset } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { expect, test } from '@jest/globals'
import { createNetwork } from '../recipe/create-network.ts'
import { facesSmall } from '../recipe/faces.ts'
import { overrideRecipe } from '../recipe/override.ts'
import { NO_MOTION } from '../transforms/limits.ts'
import { predictImages } from './predict-images.ts'

const recipe = overrideRecipe(facesSmall, ['arch=heatmapNet16', 'size=32'])
const drawn = syntheticFaces({ seed: 3, count: 1, scheme: IMM_58, width: 120, height: 100 })
const images = mapDataset(drawn, (sample) => ({ ...sample, box: boundingBox(sample.keypoints) }))

test('the points of a network are drawn at the same places with and without test-time augmentation, and on leveled crops', async () => {
  await useBackend('onnx')
  const model = createNetwork(recipe, { numKeypoints: 58 })
  const locate = async (changes: object): Promise<number[]> => {
    const { plot } = await predictImages(model, images, { ...recipe, ...changes })
    return [...plot.svg.matchAll(/\bc[xy]="([-\d.]+)"/g)].map(([, value]) => Number(value))
  }
  const expected = await locate({ tta: { ...NO_MOTION, views: 1 } })
  // Two circles a point.
  expect(expected).toHaveLength(4 * 58)
  // The untrained network predicts points about the middle of its crop.
  expect(Math.min(...expected)).toBeGreaterThan(0)
  const plain = await locate({ tta: undefined })
  expect(Math.max(...plain.map((value, k) => Math.abs(value - (expected[k] as number))))).toBeLessThan(0.1)
  // About the mesh, which reaches the forehead, the middle lies elsewhere, but on the face.
  const leveled = await locate({ crop: 'leveled' })
  expect(Math.max(...leveled.map((value, k) => Math.abs(value - (expected[k] as number))))).toBeLessThan(30)
  model.dispose()
})
