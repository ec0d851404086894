import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { type Dataset, IMM_58 } from '@facekp/core'
import { readDataset, writeDataset } from '@facekp/data-formats/node'
import { facesSmall } from '@facekp/recipes'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeImmFaces } from '../../../data-imm/fixtures/imm-folder.ts'
import { writeDrawnFaces } from '../../fixtures/drawn-faces.ts'
import { readTrainingData, type TrainingDataFlags } from './training-data.ts'

let root = ''
const at = (name: string): string => join(root, name)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-training-data-'))
  // Outer eye corners, tip of the nose, and corners of the mouth.
  await writeDrawnFaces(at('faces.json'), { seed: 1, count: 2, points: [36, 45, 30, 48, 54] })
  await writeDrawnFaces(at('test/reversed.json'), { seed: 1, count: 2, points: [54, 48, 30, 45, 36] })
  await writeDrawnFaces(at('test/other.json'), { seed: 1, count: 2, points: [8, 27] })
})
afterAll(() => rmSync(root, { recursive: true }))

const read = (name: string, flags: Partial<TrainingDataFlags> = {}) =>
  readTrainingData(at('faces.json'), { ...flags, recipe: 'faces-small', test: at(name) }, facesSmall)

const listIds = (faces: Dataset): Promise<string[]> =>
  Promise.all(Array.from({ length: faces.length }, async (_, index) => (await faces.get(index)).id))

test('points of test images come by name, in the order of those to train on', async () => {
  const { train, test: tested } = await read('test/reversed.json')
  expect(tested.scheme).toEqual(train.scheme)
  for (const index of [0, 1]) expect((await tested.get(index)).keypoints).toEqual((await train.get(index)).keypoints)
})

test('test images with other points are an error', async () => {
  await expect(read('test/other.json')).rejects.toMatchObject({ code: 'POINTS_UNMATCHED', file: at('test/other.json') })
})

/** Writes the YAML of a YOLO-pose folder with one image in `images/a` and another in `images/b`. */
async function writeParts(parts: string): Promise<string> {
  const folder = mkdtempSync(join(root, 'yolo-'))
  await writeDataset(await readDataset(at('faces.json')), folder, { format: 'yolo-pose' })
  for (const kind of ['images', 'labels']) {
    for (const [index, name] of readdirSync(join(folder, kind)).sort().entries()) {
      const part = 'ab'.charAt(index)
      mkdirSync(join(folder, kind, part))
      renameSync(join(folder, kind, name), join(folder, kind, part, `${part}${extname(name)}`))
    }
  }
  const path = join(folder, 'data.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/train: .*\nval: .*\n/, parts))
  return path
}

test.each([
  ['train: images/a\nval: images/b\n', 'val'],
  ['train: images/a\nval: images/a\ntest: images/b\n', 'test'],
])('--split chooses the part to train on, not that to test on', async (parts, part) => {
  const data = await writeParts(parts)
  const flags: TrainingDataFlags = { recipe: 'faces-small', split: 'train', test: data }
  const { train, test: tested, source } = await readTrainingData(data, flags, facesSmall)
  expect([await listIds(train), await listIds(tested)]).toEqual([['images/a/a.png'], ['images/b/b.png']])
  expect(source).toBe(`${data}, tested on ${data} (${part})`)
})

test.each<[string, Partial<TrainingDataFlags>]>([
  ['--split', { split: 'train' }],
  ['--split', { split: 'train', test: 'labels.json' }],
  ['--category', { category: 'face' }],
  ['--orientation', { orientation: 'ignore' }],
])('a data set has no option %s', async (option, flags) => {
  await expect(readTrainingData('imm', { recipe: 'faces-small', ...flags }, facesSmall)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    problem: `option ${option}`,
  })
})

test('images of a data set to train on are not tested on', async () => {
  const folder = at('imm')
  mkdirSync(folder)
  await writeImmFaces(folder, ['01-1m', '40-1m'])
  const writeLabels = (name: string): string => {
    const path = join(folder, `${name}.json`)
    const keypoints = IMM_58.pointNames.flatMap((_, point) => [point % 8, point % 6, 2])
    const labels = {
      images: [{ id: 1, file_name: `${name}.jpg`, width: 8, height: 6 }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 8, 6], keypoints }],
      categories: [{ id: 1, name: 'face', keypoints: IMM_58.pointNames }],
    }
    writeFileSync(path, JSON.stringify(labels))
    return path
  }
  const readImm = (name: string) =>
    readTrainingData(
      'imm',
      { recipe: 'faces-small', images: folder, category: 'face', test: writeLabels(name) },
      facesSmall,
    )
  expect((await readImm('40-1m')).test.length).toBe(1)
  await expect(readImm('01-1m')).rejects.toMatchObject({ code: 'OPTION_INVALID', problem: 'option --test' })
})

test('images to train on are not tested on', async () => {
  const data = await writeParts('train: images/a\n')
  const flags: TrainingDataFlags = { recipe: 'faces-small', test: data }
  for (const [path, options] of [
    [data, flags],
    [at('faces.json'), { ...flags, test: at('faces.json') }],
  ] as const) {
    await expect(readTrainingData(path, options, facesSmall)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      problem: 'option --test',
      expected: 'labels of other images than those to train on',
    })
  }
})

test('images to test on are beside their labels, or else in the folder of --images', async () => {
  const images = at('images')
  const labels = JSON.parse(readFileSync(at('test/reversed.json'), 'utf8'))
  const { test: besides } = await read('test/reversed.json', { images })
  expect(await listIds(besides)).toEqual(await listIds((await read('test/reversed.json')).test))

  for (const image of labels.images) image.file_name = `only-${image.file_name.split('/').at(-1)}`
  writeFileSync(at('test/moved.json'), JSON.stringify(labels))
  const [name] = labels.images.map((image: { file_name: string }) => image.file_name)
  await expect(read('test/moved.json')).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
  await expect(read('test/moved.json', { images })).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
  for (const file of readdirSync(images)) cpSync(join(images, file), join(images, `only-${file}`))
  expect((await listIds((await read('test/moved.json', { images })).test))[0]).toBe(name)
})
