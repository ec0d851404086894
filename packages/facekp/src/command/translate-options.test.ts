import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { TRANSLATIONS, translateOptions } from './translate-options.ts'

const PACKAGES = fileURLToPath(new URL('../../../', import.meta.url))

/** Packages whose errors are translated. */
const SOURCES = ['backend', 'data-formats', 'data-ibug', 'data-imm', 'image', 'landmarker', 'metrics', 'recipes']

test.each([
  [
    "their folder in option images, perhaps images: 'photos', which holds a.jpg; or missingImages: 'keep' and checkDataset, which lists them all",
    'their folder in --images, perhaps --images photos, which holds a.jpg; facekp check lists them all',
  ],
  [
    "a path below the folder of the annotations; or pass the folder of the images by option images: 'DIR'",
    'a path below the folder of the annotations; or --images with the folder of the images',
  ],
  ['coco, cvat; or call the reader of your format, such as readCoco', 'coco, cvat'],
  [
    "if the points were placed on the image as stored, pass orientation: 'ignore'",
    'if the points were placed on the image as stored, use --orientation ignore',
  ],
  [
    'the folder of images; fetchImm() downloads it',
    'the folder of images, unpacked from https://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  ],
  [
    '--data DIR with a.xml in it; fetchIbug() of @facekp/data-ibug/node downloads the 1.7 GB, for research only',
    '--images DIR with a.xml in it, unpacked from https://dlib.net/files/data/ibug_300W_large_face_landmark_dataset.tar.gz (1.7 GB, for research only)',
  ],
  ['another size, or another backend (useBackend)', 'another size, or another --backend'],
  [
    'JPEG; WebP if readImage finds sharp (npm install sharp)',
    'JPEG; WebP if the package sharp is installed (npm install sharp)',
  ],
  [
    'at most 100 pixels; or raise maxPixels of readImage or decodeImage if you trust the file',
    'at most 100 pixels; a smaller copy of the image',
  ],
  ['a whole number', 'a whole number'],
])('%s', (expected, translation) => {
  const error = new FacekpError({
    code: 'X',
    problem: 'option category: a',
    file: 'f',
    line: 3,
    expected,
    received: 'r',
  })
  expect(translateOptions(error)).toMatchObject({
    code: 'X',
    problem: '--category: a',
    file: 'f',
    line: 3,
    expected: translation,
    received: 'r',
  })
})

test('the name of the function that has an option is left out', () => {
  const error = new FacekpError({ code: 'X', problem: 'option redis of runWorker', received: 'localhost' })
  expect(translateOptions(error).problem).toBe('--redis')
})

test('an error without options stays the same', () => {
  const error = new FacekpError({ code: 'X', problem: 'a problem' })
  expect(translateOptions(error)).toBe(error)
})

test('the packages say what is translated, and download from the named addresses', () => {
  const source = SOURCES.map((name) => join(PACKAGES, name, 'src'))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  for (const [pattern, text] of TRANSLATIONS) {
    expect(source).toMatch(pattern)
    const [, address] = /https:\/\/(\S+)/.exec(text) ?? []
    if (address !== undefined) expect(source).toContain(address)
  }
})
