import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IBUG_68 } from '@facekp/core'
import { readImage } from '@facekp/image/node'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { syntheticFaces } from './synthetic-faces.ts'
import { writeIbugFolder } from './write-ibug-folder.ts'

const SMALL = { width: 160, height: 120 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-synthetic-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('has the layout of dlib: images by data set, XML counted from 0, .pts counted from 1', async () => {
  await writeIbugFolder(folder, { seed: 4, train: 3, test: 2, ...SMALL })
  expect(readdirSync(folder).sort()).toEqual([
    'afw',
    'helen',
    'labels_ibug_300W_test.xml',
    'labels_ibug_300W_train.xml',
    'lfpw',
  ])
  const { keypoints } = await syntheticFaces({ seed: 4, count: 5, scheme: IBUG_68, ...SMALL }).get(0)
  const xml = readFileSync(join(folder, 'labels_ibug_300W_train.xml'), 'utf8')
  expect(xml.match(/<image /g)).toHaveLength(3)
  expect(xml.match(/<part /g)).toHaveLength(3 * 68)
  const [, file] = /<image file='([^']+)'/.exec(xml) as unknown as [string, string]
  expect(await readImage(join(folder, file))).toMatchObject(SMALL)
  const [, x, y] = /<part name='30' x='(-?\d+)' y='(-?\d+)'\/>/.exec(xml) as unknown as [string, string, string]
  expect(Math.abs(Number(x) - (keypoints[60] as number))).toBeLessThanOrEqual(0.5)
  expect(Math.abs(Number(y) - (keypoints[61] as number))).toBeLessThanOrEqual(0.5)
  const pts = readFileSync(join(folder, file.replace('.jpg', '.pts')), 'utf8')
    .trim()
    .split('\n')
  expect(pts.slice(0, 3)).toEqual(['version: 1', 'n_points:  68', '{'])
  expect(pts).toHaveLength(3 + 68 + 1)
  const [ptsX, ptsY] = (pts[3 + 30] as string).split(' ').map(Number) as [number, number]
  expect(ptsX - 1).toBeCloseTo(keypoints[60] as number, 4)
  expect(ptsY - 1).toBeCloseTo(keypoints[61] as number, 4)
})
