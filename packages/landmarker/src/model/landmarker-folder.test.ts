import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkLandmarkerFolder } from './landmarker-folder.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-landmarker-folder-'))
})
afterAll(() => rmSync(root, { recursive: true }))

test.each(['a.jpg', 'landmarker.json'])('a folder with something else as %s is refused', async (name) => {
  const folder = mkdtempSync(join(root, 'other-'))
  writeFileSync(join(folder, name), '{}')
  const error = { code: 'LANDMARKER_FILE', file: folder, received: name }
  await expect(checkLandmarkerFolder(folder)).rejects.toMatchObject(error)
})

test('a new folder, an empty one and that of a run are accepted, and stay as they are', async () => {
  for (const name of ['empty', 'run']) mkdirSync(join(root, name))
  writeFileSync(join(root, 'run', 'summary.json'), '{}')
  const before = readdirSync(root, { recursive: true })
  for (const name of ['new', 'empty', 'run']) await checkLandmarkerFolder(join(root, name), { license: 'CC0-1.0' })
  expect(readdirSync(root, { recursive: true })).toEqual(before)
})

test('facts that saveLandmarker refuses are refused', async () => {
  const error = { code: 'LANDMARKER_OPTION', problem: 'option license of checkLandmarkerFolder' }
  await expect(checkLandmarkerFolder(join(root, 'new'), { license: '' })).rejects.toMatchObject(error)
})
