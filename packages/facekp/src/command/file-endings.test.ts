import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { ANNOTATION_FORMATS, FOLDER_FORMATS } from '@facekp/data-formats'
import { readDataset, recognizeFormat, writeDataset } from '@facekp/data-formats/node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeDrawnFaces } from '../../fixtures/drawn-faces.ts'
import { checkEnding, inferFormat, isFolderFormat, LABEL_FORMATS } from './file-endings.ts'
import { PREDICTION_FORMATS } from './predictions/prediction-format.ts'

let root = ''
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-endings-'))
  await writeDrawnFaces(join(root, 'faces.json'), { seed: 1, count: 1 })
})
afterAll(() => rmSync(root, { recursive: true }))

test('the formats of labels are those of data-formats', () => {
  expect(LABEL_FORMATS).toEqual(ANNOTATION_FORMATS)
  expect(new Set(LABEL_FORMATS.filter(isFolderFormat))).toEqual(FOLDER_FORMATS)
})

test.each([
  ['a.csv', 'csv'],
  ['a.JSON', 'coco'],
  ['a.jsonl', 'jsonl'],
  ['a.txt', undefined],
  ['a.tsv', undefined],
  ['folder.csv/a', undefined],
  ['', undefined],
])('predictions in %s are of format %s', (path, format) => {
  expect(inferFormat(path, PREDICTION_FORMATS)).toBe(format)
})

const FILE_FORMATS = ANNOTATION_FORMATS.filter((format) => !FOLDER_FORMATS.has(format))
const NAMES = ['a', 'a.json', 'a.xml', 'a.csv', 'a.tsv', 'a.txt', 'a.pts', 'a.labels', 'a.CSV'] as const

// WFLW has 98 points, which the drawn faces lack; its rule is below.
test.each(FILE_FORMATS.filter((format) => format !== 'wflw'))('%s is recognized in accepted files', async (format) => {
  const dataset = await readDataset(join(root, 'faces.json'))
  const accepted = NAMES.filter((path) => isAccepted(path, format))
  expect(accepted.length).toBeGreaterThan(0)
  for (const name of accepted) {
    const path = join(root, name)
    await writeDataset(dataset, path, { format })
    expect(await recognizeFormat(path)).toEqual({ format, path })
  }
})

test.each([
  ['csv', ['a.csv', 'a.tsv', 'a.txt', 'a.CSV']],
  ['coco', ['a', 'a.json', 'a.labels']],
  ['imglab', ['a', 'a.xml', 'a.labels']],
  ['wflw', ['a', 'a.txt', 'a.labels']],
  ['jsonl', ['a', 'a.txt', 'a.labels']],
  ['labelme', NAMES],
] as const)('%s accepts its endings, and those of no format if it is recognized by content', (format, names) => {
  expect(NAMES.filter((path) => isAccepted(path, format))).toEqual(names)
})

function isAccepted(path: string, format: Parameters<typeof checkEnding>[0]['format']): boolean {
  try {
    checkEnding({ subject: 'argument <out>', path, format })
    return true
  } catch (error) {
    if (isFacekpError(error, 'OPTION_INVALID')) return false
    throw error
  }
}
