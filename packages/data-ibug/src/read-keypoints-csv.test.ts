import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { pointX, pointY, writeImages } from '../fixtures/imglab-list.ts'
import { readKeypointsCsv } from './read-keypoints-csv.ts'

let folder: string
let table: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-udacity-'))
  table = join(folder, 'keypoints.csv')
})
afterEach(() => rmSync(folder, { recursive: true }))

const header = `,${Array.from({ length: 136 }, (_, i) => i).join(',')}`
const formatRow = (name: string): string =>
  [name, ...Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? pointX(i >> 1, 4) : pointY(i >> 1, 3)))].join(',')

test('returns one sample per row, with the bounding box of its points', async () => {
  await writeImages(folder, 'training/a.jpg', 'training/b.jpg')
  writeFileSync(table, [header, formatRow('b.jpg'), formatRow('a.jpg')].join('\n'))
  const faces = await readKeypointsCsv(table, { images: join(folder, 'training') })
  expect(faces.records.map(({ id, line }) => [id, line])).toEqual([
    ['b.jpg', 2],
    ['a.jpg', 3],
  ])
  const sample = await faces.get(1)
  expect(sample).toMatchObject({
    id: 'a.jpg',
    image: { width: 64, height: 56 },
    box: { left: 4, top: 3, width: 37, height: 32.5 },
  })
  expect([...sample.keypoints.subarray(22, 24)]).toEqual([pointX(11, 4), pointY(11, 3)])
})

test('a table of other points is an error', async () => {
  await writeImages(folder, 'a.jpg')
  writeFileSync(table, [header.replace(/,134,135$/, ''), formatRow('a.jpg').replace(/(,[^,]*){2}$/, '')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'POINTS_UNMATCHED', file: table })
  writeFileSync(table, [header, formatRow('a.jpg').replace(/,[^,]*$/, '')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'ANNOTATIONS_INVALID', file: table, line: 2 })
})

test('invalid input is an error with line', async () => {
  await writeImages(folder, 'a.jpg')
  writeFileSync(table, [header, formatRow('a.jpg'), formatRow('../a.jpg')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'IMAGE_PATH', file: table, line: 3 })
  writeFileSync(table, [header, formatRow('c.jpg')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'IMAGE_MISSING', file: table, line: 2 })
  await expect(readKeypointsCsv(join(folder, 'no.csv'))).rejects.toMatchObject({ code: 'ANNOTATIONS_NOT_READ' })
  const images = join(folder, 'nowhere')
  await expect(readKeypointsCsv(table, { images })).rejects.toMatchObject({ code: 'IMAGE_MISSING', line: 2 })
})
