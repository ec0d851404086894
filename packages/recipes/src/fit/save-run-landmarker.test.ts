import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { createDataset, createImage, createSample, IBUG_68 } from '@facekp/core'
import { loadLandmarker } from '@facekp/landmarker/node'
import { expect, jest, test } from '@jest/globals'
import { NOSE_SCHEME, part1Recipes } from '../recipe/course.ts'
import { createNetwork } from '../recipe/create-network.ts'
import { facesSmall } from '../recipe/faces.ts'
import { measure } from './measure.ts'
import { saveRunLandmarker } from './save-run-landmarker.ts'

test('no landmarker is saved, and a line says so, if the detector finds none of the training faces', async () => {
  await useBackend('onnx')
  const image = createImage(new Uint8Array(64 * 64).fill(90), 64, 64, 1)
  const box = { left: 10, top: 10, width: 40, height: 40 }
  const sample = createSample({ id: 'gray', image, box, keypoints: new Float32Array(136).fill(30) })
  const dataset = createDataset(IBUG_68, [sample])
  const recipe = { ...facesSmall, arch: 'heatmapNet16', size: 32 } as const
  const model = createNetwork(recipe, { numKeypoints: 68 })
  const out = mkdtempSync(join(tmpdir(), 'facekp-run-'))
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  expect(await saveRunLandmarker(out, { model, recipe, train: dataset, test: dataset })).toBeUndefined()
  expect(log).toHaveBeenCalledWith(expect.stringContaining('the detector finds none of the training faces'))
  log.mockRestore()
  expect(existsSync(join(out, 'landmarker'))).toBe(false)
  model.dispose()
  rmSync(out, { recursive: true })
})

test('a network that saw whole images becomes a landmarker that finds one face in each', async () => {
  await useBackend('onnx')
  const recipe = part1Recipes.course
  const pixels = Uint8Array.from({ length: 80 * 60 }, (_, i) => (i * 37) % 256)
  const image = createImage(pixels, 80, 60, 1)
  const dataset = createDataset(NOSE_SCHEME, [createSample({ id: 'noise', image, keypoints: Float32Array.of(40, 30) })])
  const model = createNetwork(recipe, { numKeypoints: 1, seed: 1 })
  const out = mkdtempSync(join(tmpdir(), 'facekp-run-'))
  await saveRunLandmarker(out, { model, recipe, train: dataset, test: dataset })
  const { predictions } = await measure(model, dataset, recipe)
  model.dispose()
  const landmarker = await loadLandmarker(join(out, 'landmarker'))
  const { faces } = await landmarker.detect(image)
  landmarker.dispose()
  rmSync(out, { recursive: true })
  const expected = Array.from(predictions[0]?.points ?? [], (value) => expect.closeTo(value, 3))
  expect(faces).toEqual([
    { box: { left: 0, top: 0, width: 80, height: 60 }, score: 1, confidence: 1, points: expect.anything() },
  ])
  expect([...(faces[0]?.points ?? [])]).toEqual(expected)
})
