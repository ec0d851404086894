import { useBackend } from '@facekp/backend'
import { cacheDataset, IBUG_68, mapDataset, pickKeypoints, pointDistances, selectKeypoints } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { beforeAll, expect, test } from '@jest/globals'
import { type FewShotResult, fitFewShot } from '../few-shot/fit-few-shot.ts'
import { loadLandmarker } from '../load-landmarker.ts'
import { predictFromMeshes } from './predict-from-meshes.ts'

const POINTS = [36, 45, 30, 8]
const scheme = pickKeypoints(IBUG_68, 'four', POINTS)
const faces = cacheDataset(
  mapDataset(
    syntheticFaces({ seed: 6, count: 5, scheme: IBUG_68, width: 160, height: 160 }),
    (sample) => selectKeypoints(sample, POINTS),
    scheme,
  ),
)
let plain: FewShotResult

beforeAll(async () => {
  await useBackend('onnx')
  plain = await fitFewShot(faces, { refine: false, tta: false })
})

test('finds the points that the landmarker finds on the image, within half a pixel', async () => {
  const mesh = await loadLandmarker('mesh-468')
  const landmarker = await loadLandmarker(plain.model)
  const { image } = await faces.get(0)
  const expected = (await landmarker.detect(image)).faces[0]?.points as Float32Array
  const points = (await mesh.detect(image)).faces[0]?.points as Float32Array
  const [predicted] = predictFromMeshes(plain.model, [points]) as [Float32Array]
  expect(Math.max(...pointDistances(predicted, expected))).toBeLessThan(0.5)
  mesh.dispose()
  landmarker.dispose()
})

test('refuses models that look at images, and points that are no mesh', async () => {
  const { model } = await fitFewShot(faces, { refine: true, tta: false })
  expect(() => predictFromMeshes(model, [])).toThrow(/need the image.*refinedRegression/s)
  expect(() => predictFromMeshes(plain.model, [new Float32Array(136)])).toThrow(/468 points.*68 points/s)
})
