import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { createDataset, createImage, createSample, IBUG_68 } from '@facekp/core'
import { expect, jest, test } from '@jest/globals'
import { createNetwork } from '../recipe/create-network.ts'
import { facesSmall } from '../recipe/faces.ts'
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
