import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { loadLandmarker } from '../load-landmarker.ts'
import { loadLandmarker as loadLandmarkerInNode } from '../load-landmarker-node.ts'
import type { LandmarkerModel } from './landmarker-model.ts'
import { packLandmarker } from './pack-landmarker.ts'
import { readLandmarkerModel } from './read-landmarker-model.ts'
import { saveLandmarker } from './save-landmarker.ts'
import { unzipLandmarker } from './zipped-landmarker.ts'

let model: LandmarkerModel
let scratch: string

beforeAll(async () => {
  await useBackend('onnx')
  const faces = syntheticFaces({ seed: 4, count: 3, scheme: IBUG_68, width: 160, height: 120 })
  const { fitFewShot } = await import('../few-shot/fit-few-shot.ts')
  model = (await fitFewShot(faces, { tta: false, refine: false })).model
  scratch = mkdtempSync(join(tmpdir(), 'facekp-zip-'))
})

afterAll(() => rmSync(scratch, { recursive: true }))

test('a packed model is what saveLandmarker writes, and loads from its bytes and from its path', async () => {
  const facts = { license: 'CC0-1.0', data: 'drawn faces' }
  const bytes = await packLandmarker(model, facts)
  await saveLandmarker(model, join(scratch, 'saved'), facts)
  const json = JSON.parse(Buffer.from(unzipSync(bytes)['landmarker.json'] as Uint8Array).toString())
  const { files: _, ...saved } = await readLandmarkerModel(join(scratch, 'saved'))
  expect(json).toEqual(saved)

  const path = join(scratch, 'mine.zip')
  writeFileSync(path, bytes)
  expect(await readLandmarkerModel(path)).toMatchObject(saved)
  const { image } = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, width: 160, height: 120 }).get(0)
  const points: number[][] = []
  for (const landmarker of [
    await loadLandmarker(model),
    await loadLandmarker(bytes),
    await loadLandmarkerInNode(path),
  ]) {
    points.push([...((await landmarker.detect(image)).faces[0]?.points ?? [])])
    landmarker.dispose()
  }
  expect(points[0]).toHaveLength(136)
  for (const others of points.slice(1)) expect(others).toEqual(points[0]?.map((value) => expect.closeTo(value, 1)))
})

test('an invalid model is refused; files of a network are packed as they are', async () => {
  await expect(packLandmarker({ ...model, version: 2 as 1 })).rejects.toMatchObject({ code: 'LANDMARKER_MODEL' })
  const files = { 'model.json': strToU8('{}'), 'weights.bin': Uint8Array.of(1, 2) }
  const zipped = unzipSync(await packLandmarker({ ...model, files }))
  expect([...(zipped['weights.bin'] as Uint8Array)]).toEqual([1, 2])
})

describe('a zip of other programs', () => {
  const index = strToU8('{}')

  test('may contain the folder, and what systems add', () => {
    const zip = zipSync({
      '__MACOSX/run/._landmarker.json': index,
      'run/summary.json': index,
      'run/landmarker/landmarker.json': index,
      'run/landmarker/model.json': index,
      'run/landmarker/old/landmarker.json': index,
    })
    expect([...unzipLandmarker(zip).keys()]).toEqual(['landmarker.json', 'model.json'])
  })

  test('may separate folders by backslashes, as Windows PowerShell 5 does', () => {
    const zip = zipSync({ 'run\\landmarker.json': index, 'run\\model.json': index, 'run\\old\\model.json': index })
    expect([...unzipLandmarker(zip).keys()]).toEqual(['landmarker.json', 'model.json'])
  })

  test('without a landmarker, or damaged, is an error that names the file', () => {
    expect(() => unzipLandmarker(zipSync({ 'a.txt': index }), 'mine.zip')).toThrow(
      expect.objectContaining({ code: 'LANDMARKER_FILE', file: 'mine.zip', received: 'a.txt' }),
    )
    expect(() => unzipLandmarker(zipSync({ 'landmarker.json': index }).subarray(0, 40))).toThrow(
      expect.objectContaining({ code: 'LANDMARKER_FILE', problem: 'the zip is damaged' }),
    )
  })

  test('that cannot be read is an error that names the file', async () => {
    // Node reads no file of 2 GiB or more.
    const path = join(scratch, 'large.zip')
    writeFileSync(path, '')
    truncateSync(path, 2 ** 31)
    await expect(loadLandmarkerInNode(path)).rejects.toMatchObject({ code: 'LANDMARKER_FILE', file: path })
  })

  test('a folder is still a folder', async () => {
    mkdirSync(join(scratch, 'empty'))
    await expect(loadLandmarkerInNode(join(scratch, 'empty'))).rejects.toMatchObject({
      code: 'LANDMARKER_FILE',
      file: join(scratch, 'empty', 'landmarker.json'),
    })
  })
})
