import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flipIndices } from '@facekp/core'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { realData, testIf } from '../../../tests/support/require.ts'
import { formatAsf, formatPoint, writeImmFaces } from '../fixtures/imm-folder.ts'
import { IMM_NOSE } from './imm-nose.ts'
import { type ImmDataset, readImm, splitImm } from './read-imm.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-imm-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('readImm', () => {
  test('returns samples in the order of their names', async () => {
    await writeImmFaces(folder, ['02-1f', '01-2m', '01-1m'])
    const faces = await readImm(folder)
    expect(faces.length).toBe(3)
    expect(faces.scheme.name).toBe('imm-58')
    expect(faces.records.map(({ id, person, view, gender }) => [id, person, view, gender])).toEqual([
      ['01-1m', 1, 1, 'm'],
      ['01-2m', 1, 2, 'm'],
      ['02-1f', 2, 1, 'f'],
    ])
    const sample = await faces.get(2)
    expect(sample).toMatchObject({
      id: '02-1f',
      image: { width: 8, height: 6, channels: 3 },
      toSource: [1, 0, 0, 0, 1, 0],
    })
    expect(sample.keypoints[2 * IMM_NOSE]).toBeCloseTo(0.52 * 8)
    expect(sample.keypoints[2 * IMM_NOSE + 1]).toBeCloseTo(0.53 * 6)
    expect(new Set(sample.visibility)).toEqual(new Set([2]))
    await expect(faces.get(3)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
    await expect(faces.get(0, AbortSignal.abort(new Error('aborted')))).rejects.toThrow('aborted')
  })

  test('passes over files that systems leave in folders', async () => {
    await writeImmFaces(folder, ['01-1m'])
    for (const name of ['._01-1m.asf', '._01-1m.jpg', '.DS_Store', 'Thumbs.db', 'desktop.ini']) {
      writeFileSync(join(folder, name), 'AppleDouble')
    }
    mkdirSync(join(folder, '__MACOSX'))
    expect((await readImm(folder)).records.map(({ id }) => id)).toEqual(['01-1m'])
  })

  test('reads gray images if channels is 1', async () => {
    await writeImmFaces(folder, ['01-1m'])
    expect((await (await readImm(folder, { channels: 1 })).get(0)).image.channels).toBe(1)
  })

  test.each<[string, () => void, object]>([
    [
      'a missing image',
      () => rmSync(join(folder, '01-2m.jpg')),
      { code: 'IMM_IMAGE_MISSING', line: 70, problem: '1 of 2 images are missing: 01-2m.jpg' },
    ],
    [
      'an image without points',
      () => rmSync(join(folder, '01-2m.asf')),
      { code: 'IMM_ASF_MISSING', problem: '1 of 2 images have no .asf file: 01-2m.jpg' },
    ],
    [
      'another host image',
      () => writeFileSync(join(folder, '01-2m.asf'), formatAsf({ host: '01-1m.jpg' })),
      { code: 'IMM_HOST_IMAGE', line: 70, received: '01-1m.jpg' },
    ],
    [
      'another number of points',
      () =>
        writeFileSync(
          join(folder, '01-2m.asf'),
          formatAsf({ count: '1', points: [formatPoint(0)], host: '01-2m.jpg' }),
        ),
      { code: 'IMM_POINT_COUNT', received: '1 points' },
    ],
    [
      'a broken line',
      () => writeFileSync(join(folder, '01-2m.asf'), formatAsf({ count: '58', points: ['0 4 a b 0 0 1'] })),
      { code: 'ASF_COUNT' },
    ],
    [
      'an .asf file that cannot be read',
      () => {
        rmSync(join(folder, '01-2m.asf'))
        mkdirSync(join(folder, '01-2m.asf'))
      },
      { code: 'IMM_FOLDER', problem: 'cannot read the .asf file' },
    ],
    ['an invalid file name', () => writeFileSync(join(folder, 'face.asf'), formatAsf()), { code: 'IMM_FILE_NAME' }],
  ])('%s is an error that names the file', async (_, damage, expected) => {
    await writeImmFaces(folder, ['01-1m', '01-2m'])
    damage()
    await expect(readImm(folder)).rejects.toMatchObject({ ...expected, file: expect.stringMatching(/01-2m|face/) })
  })

  test('all missing images are in one error', async () => {
    const ids = Array.from({ length: 8 }, (_, i) => `0${i + 1}-1m`)
    await writeImmFaces(folder, ids)
    for (const id of ids.slice(1)) rmSync(join(folder, `${id}.jpg`))
    await expect(readImm(folder)).rejects.toMatchObject({
      code: 'IMM_IMAGE_MISSING',
      problem: '7 of 8 images are missing: 02-1m.jpg, 03-1m.jpg, 04-1m.jpg, 05-1m.jpg, 06-1m.jpg and 2 more',
    })
  })

  test.each([
    ['no folder', 'nowhere'],
    ['a file', 'a-file'],
    ['an empty folder', '.'],
  ])('%s is an error that names fetchImm', async (name, path) => {
    if (name === 'a file') writeFileSync(join(folder, path), '')
    await expect(readImm(join(folder, path))).rejects.toMatchObject({
      code: 'IMM_FOLDER',
      expected: expect.stringContaining('fetchImm'),
    })
  })

  test('a truncated image is an error of its sample', async () => {
    await writeImmFaces(folder, ['01-1m'])
    writeFileSync(join(folder, '01-1m.jpg'), Buffer.from([0xff, 0xd8, 0xff]))
    const faces = await readImm(folder)
    await expect(faces.get(0)).rejects.toMatchObject({ file: join(folder, '01-1m.jpg') })
  })
})

test('splitImm separates people 1-32 from 33-40', async () => {
  await writeImmFaces(folder, ['01-1m', '32-1f', '33-1m', '40-6f'])
  const { train, validation } = splitImm(await readImm(folder))
  expect([(await train.get(0)).id, (await train.get(1)).id]).toEqual(['01-1m', '32-1f'])
  expect([(await validation.get(0)).id, (await validation.get(1)).id]).toEqual(['33-1m', '40-6f'])
})

const real = realData('imm_face_db')

describe('the database itself', () => {
  let faces: ImmDataset
  beforeAll(async () => {
    if (real) faces = await readImm(real)
  })

  testIf(real, 'the IMM Face Database')('holds 240 faces of 40 people in 6 views', () => {
    expect(faces.length).toBe(240)
    expect(new Set(faces.records.map(({ person }) => person)).size).toBe(40)
    expect(faces.records.filter(({ view }) => view === 3)).toHaveLength(40)
    const { train, validation } = splitImm(faces)
    expect([train.length, validation.length]).toEqual([192, 48])
  })

  // Numbers of 01-1m.asf's line of point 52 and of a file with three more columns, times 640 and 480, by hand.
  testIf(real, 'the IMM Face Database')('has the points of its files', async () => {
    const readPoints = async (id: string) =>
      (await faces.get(faces.records.findIndex((record) => record.id === id))).keypoints
    expect((await readPoints('01-1m'))[0]).toBeCloseTo(0.35763609 * 640, 3)
    expect((await readPoints('01-1m'))[1]).toBeCloseTo(0.64077979 * 480, 3)
    expect((await readPoints('19-1m'))[0]).toBeCloseTo(0.33373404 * 640, 3)
  })

  testIf(real, 'the IMM Face Database')(
    'is symmetric under the scheme: flipping the mean frontal face changes little',
    async () => {
      const frontal = faces.records.flatMap(({ view }, index) => (view === 1 ? [index] : []))
      const mean = new Float64Array(116)
      for (const index of frontal) {
        const { keypoints } = await faces.get(index)
        const center = [0, 1].map((axis) => keypoints.filter((_, i) => i % 2 === axis).reduce((a, b) => a + b) / 58)
        for (const [i, value] of keypoints.entries())
          mean[i] = (mean[i] as number) + (value - (center[i % 2] as number)) / frontal.length
      }
      const width = Math.max(...mean.filter((_, i) => i % 2 === 0)) - Math.min(...mean.filter((_, i) => i % 2 === 0))
      for (const [point, counterpart] of flipIndices(faces.scheme).entries()) {
        const dx = (mean[2 * point] as number) + (mean[2 * counterpart] as number)
        const dy = (mean[2 * point + 1] as number) - (mean[2 * counterpart + 1] as number)
        expect(Math.hypot(dx, dy) / width).toBeLessThan(0.04)
      }
    },
  )
})
