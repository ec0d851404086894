import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSummary } from '@facekp/recipes'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { readFinishedRun, requireFinished } from './finished-run.ts'

const SUMMARY: RunSummary = {
  title: 'Landmarks: 300w, faces',
  recipe: 'faces',
  backend: 'onnx',
  data: '300-W',
  seed: 1,
  epochs: 3,
  interrupted: false,
  seconds: 60,
  imagesPerSecond: 30,
  meanShapeErrorPx: 20,
  valErrorPx: 4.5,
  model: 'model/model.json',
  report: 'report.html',
  settings: {},
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-finished-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  jest.restoreAllMocks()
})

test('a finished training is read, one that was interrupted is not, nor one that has no summary yet', async () => {
  const write = (summary: RunSummary): void => writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary))
  expect(await readFinishedRun(folder)).toBeUndefined()
  write({ ...SUMMARY, interrupted: true })
  expect(await readFinishedRun(folder)).toBeUndefined()
  write(SUMMARY)
  expect(await readFinishedRun(folder)).toEqual(SUMMARY)
})

test('an interrupted training ends the program', () => {
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  requireFinished(SUMMARY)
  expect(exit).not.toHaveBeenCalled()
  expect(() => requireFinished({ interrupted: true })).toThrow('exit 130')
})
