import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { writePictures, xOf, yOf } from '../fixtures/lists.ts'
import { readKeypointsCsv } from './read-keypoints-csv.ts'

let folder: string
let table: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-udacity-'))
  table = join(folder, 'keypoints.csv')
})
afterEach(() => rmSync(folder, { recursive: true }))

const header = `,${Array.from({ length: 136 }, (_, i) => i).join(',')}`
const row = (name: string): string =>
  [name, ...Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? xOf(i >> 1, 4) : yOf(i >> 1, 3)))].join(',')

test('gives a sample a row, its box around the points', async () => {
  await writePictures(folder, 'training/a.jpg', 'training/b.jpg')
  writeFileSync(table, [header, row('b.jpg'), row('a.jpg')].join('\n'))
  const faces = await readKeypointsCsv(table, { images: join(folder, 'training') })
  expect(faces.records.map(({ id, line }) => [id, line])).toEqual([
    ['b.jpg', 2],
    ['a.jpg', 3],
  ])
  const sample = await faces.get(1)
  expect(sample).toMatchObject({
    id: 'a.jpg',
    image: { width: 64, height: 56 },
    box: { left: 4.5, top: 3.5, width: 36, height: 31.5 },
  })
  expect([...sample.keypoints.subarray(22, 24)]).toEqual([xOf(11, 4), yOf(11, 3)])
})

test('bad input is an error with line', async () => {
  await writePictures(folder, 'a.jpg')
  writeFileSync(table, [header, row('a.jpg'), row('../a.jpg')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'IMAGE_PATH', file: table, line: 3 })
  writeFileSync(table, [header, row('c.jpg')].join('\n'))
  await expect(readKeypointsCsv(table)).rejects.toMatchObject({ code: 'IMAGE_MISSING', file: table, line: 2 })
  await expect(readKeypointsCsv(join(folder, 'no.csv'))).rejects.toMatchObject({ code: 'KEYPOINTS_CSV_NOT_READ' })
  const pictures = join(folder, 'nowhere')
  await expect(readKeypointsCsv(table, { images: pictures })).rejects.toMatchObject({ code: 'IMAGE_MISSING', line: 2 })
})
