import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IBUG_68 } from '@facekp/core'
import { readImm } from '@facekp/data-imm/node'
import { readImage } from '@facekp/image/node'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { syntheticFaces, syntheticImm } from './index.ts'
import { writeIbugFolder, writeImmFolder } from './node.ts'

const SMALL = { width: 160, height: 120 }

let scratch: string
let folder: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-synthetic-'))
  folder = join(scratch, 'faces')
})
afterEach(() => rmSync(scratch, { recursive: true }))

describe('writeImmFolder', () => {
  test('is read back by the reader of the database: same points, nearly the same picture', async () => {
    await writeImmFolder(folder, { seed: 1, people: 2, ...SMALL })
    const faces = await readImm(folder)
    const { train } = syntheticImm({ seed: 1, ...SMALL })
    expect(faces.length).toBe(12)
    for (const index of [0, 7]) {
      const [read, drawn] = [await faces.get(index), await train.get(index)]
      expect(read.id).toBe(drawn.id)
      for (const [i, value] of read.keypoints.entries()) expect(value).toBeCloseTo(drawn.keypoints[i] as number, 4)
      const differences = Array.from(read.image.data, (value, i) => Math.abs(value - (drawn.image.data[i] as number)))
      expect(differences.reduce((sum, value) => sum + value) / differences.length).toBeLessThan(5)
    }
  }, 30_000)

  test('a folder that holds something is left alone', async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'mine'), '')
    await expect(writeImmFolder(folder, { seed: 1, people: 1, ...SMALL })).rejects.toMatchObject({
      code: 'SYNTHETIC_FOLDER',
      file: folder,
    })
    expect(readdirSync(scratch)).toEqual(['faces'])
  })

  test('options that are not right are an error, and nothing is written', async () => {
    await expect(writeImmFolder(folder, { seed: 1, people: 41 })).rejects.toMatchObject({ code: 'SYNTHETIC_OPTIONS' })
    expect(existsSync(folder)).toBe(false)
  })
})

describe('writeIbugFolder', () => {
  test('lays faces out as dlib does: pictures by data set, XML from 0, .pts from 1', async () => {
    await writeIbugFolder(folder, { seed: 4, train: 3, test: 2, ...SMALL })
    expect(readdirSync(folder).sort()).toEqual([
      'afw',
      'helen',
      'labels_ibug_300W_test.xml',
      'labels_ibug_300W_train.xml',
      'lfpw',
    ])
    const drawn = await syntheticFaces({ seed: 4, count: 5, scheme: IBUG_68, ...SMALL }).get(0)
    const xml = readFileSync(join(folder, 'labels_ibug_300W_train.xml'), 'utf8')
    expect(xml.match(/<image /g)).toHaveLength(3)
    expect(xml.match(/<part /g)).toHaveLength(3 * 68)
    const [, file] = /<image file='([^']+)'/.exec(xml) as unknown as [string, string]
    expect(await readImage(join(folder, file))).toMatchObject(SMALL)
    const [, x, y] = /<part name='30' x='(-?\d+)' y='(-?\d+)'\/>/.exec(xml) as unknown as [string, string, string]
    expect(Math.abs(Number(x) - (drawn.keypoints[60] as number))).toBeLessThanOrEqual(0.5)
    expect(Math.abs(Number(y) - (drawn.keypoints[61] as number))).toBeLessThanOrEqual(0.5)
    const pts = readFileSync(join(folder, file.replace('.jpg', '.pts')), 'utf8')
      .trim()
      .split('\n')
    expect(pts.slice(0, 3)).toEqual(['version: 1', 'n_points:  68', '{'])
    expect(pts).toHaveLength(3 + 68 + 1)
    const [ptsX, ptsY] = (pts[3 + 30] as string).split(' ').map(Number) as [number, number]
    expect(ptsX - 1).toBeCloseTo(drawn.keypoints[60] as number, 4)
    expect(ptsY - 1).toBeCloseTo(drawn.keypoints[61] as number, 4)
  }, 30_000)
})
