import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createDataset, createImage, createSample, type Dataset, type KeypointScheme } from '@facekp/core'
import { writeImage } from '@facekp/image/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  readCoco,
  readCsv,
  readCvat,
  readDataset,
  readImglab,
  readLabelme,
  readLabelStudio,
  readPts,
  readYoloPose,
  recognizeFormat,
  writeCoco,
  writeCsv,
  writeCvat,
  writeImglab,
  writeLabelme,
  writeLabelStudio,
  writePts,
  writeWflw,
  writeYoloPose,
} from '../node.ts'

const SCHEME: KeypointScheme = {
  name: 'three',
  pointNames: ['left eye', 'right eye', 'nose'],
  flipPairs: [[0, 1]],
  parts: [],
}
const POINTS = [5, 4, 2, 3.5, 4, 7]

let root = ''
let faces: Dataset
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facekp-formats-'))
  const image = createImage(new Uint8Array(12 * 10 * 3).fill(200), 12, 10, 3)
  const face = createSample({
    id: 'a',
    image,
    keypoints: Float32Array.from(POINTS),
    visibility: Uint8Array.of(2, 1, 2),
  })
  faces = createDataset(SCHEME, [face, { ...face, id: 'bé' }])
})
afterAll(() => rm(root, { recursive: true, force: true }))

const write = async (path: string, text: string): Promise<string> => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
  return join(root, path)
}
const writeImages = async (...paths: string[]): Promise<void> => {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeImage(join(root, path), createImage(new Uint8Array(12 * 10).fill(9), 12, 10, 1))
  }
}

describe('what a writer writes, its reader and readDataset read, image included', () => {
  test.each([
    ['coco', { write: writeCoco, read: readCoco }, 'faces.json', true],
    ['cvat', { write: writeCvat, read: readCvat }, 'faces.xml', true],
    ['imglab', { write: writeImglab, read: readImglab }, 'faces.xml', false],
    ['labelme', { write: writeLabelme, read: readLabelme }, '', true],
    ['label-studio', { write: writeLabelStudio, read: readLabelStudio }, 'tasks.json', true],
    ['csv', { write: writeCsv, read: readCsv }, 'faces.csv', true],
    ['pts', { write: writePts, read: readPts }, '', false],
    ['yolo-pose', { write: writeYoloPose, read: readYoloPose }, '', true],
  ] as const)('%s', async (format, functions, file, hasVisibility) => {
    const path = join(root, `written-${format}`, file)
    await functions.write(faces, path)
    const config = format === 'yolo-pose' ? join(path, 'data.yaml') : path
    const options = {
      scheme: SCHEME,
      images: format === 'label-studio' ? join(root, 'written-label-studio', 'images') : undefined,
    }
    expect((await recognizeFormat(path)).format).toBe(format)
    for (const dataset of [await functions.read(config, options), await readDataset(path, options)]) {
      expect([dataset.length, dataset.scheme, dataset.report.format]).toEqual([2, SCHEME, format])
      const { image, keypoints, visibility } = await dataset.get(1)
      expect([image.width, image.height]).toEqual([12, 10])
      for (const [i, value] of keypoints.entries()) expect(value).toBeCloseTo(POINTS[i] as number, 4)
      expect([...visibility]).toEqual(hasVisibility ? [2, 1, 2] : [2, 2, 2])
    }
  })

  test('wflw', async () => {
    const scheme = {
      name: 'wflw',
      pointNames: Array.from({ length: 98 }, (_, i) => String(i)),
      flipPairs: [],
      parts: [],
    }
    const { image } = await faces.get(0)
    const face = createSample({ id: 'a', image, keypoints: Float32Array.from({ length: 196 }, (_, i) => i / 20) })
    await writeWflw(createDataset(scheme, [face]), join(root, 'wflw', 'list.txt'))
    const dataset = await readDataset(join(root, 'wflw', 'list.txt'))
    expect(dataset.report.format).toBe('wflw')
    expect((await dataset.get(0)).keypoints).toEqual(face.keypoints)
  })
})

test('samples whose ids give the same file name are written apart', async () => {
  const dark = createImage(new Uint8Array(12 * 10 * 3).fill(20), 12, 10, 3)
  const first = await faces.get(0)
  const dataset = createDataset(SCHEME, [
    { ...first, id: 'a.jpg' },
    { ...first, id: 'a.png', image: dark },
    { ...first, id: 'A', image: dark },
  ])
  await writeLabelme(dataset, join(root, 'apart'))
  await writeYoloPose(dataset, join(root, 'apart-yolo'))
  for (const written of [await readLabelme(join(root, 'apart')), await readDataset(join(root, 'apart-yolo'))]) {
    expect([...written.records.map(({ id }) => id)].sort()).toEqual([
      'images/A-3.png',
      'images/a-2.png',
      'images/a.png',
    ])
    const lights = await Promise.all([0, 1, 2].map(async (index) => (await written.get(index)).image.data[0]))
    expect(lights.sort()).toEqual([20, 20, 200])
  }
})

test('an unknown option of a writer is an error', async () => {
  const options = { image: 'images' } as object
  await expect(writeCoco(faces, join(root, 'options', 'a.json'), options)).rejects.toMatchObject({
    code: 'WRITE_OPTIONS',
    problem: expect.stringContaining('image'),
  })
})

test('a dataset without sizes is written with those of its images', async () => {
  await writeImages('sizes/a.png')
  const dataset = await readCsv(await write('sizes/faces.csv', 'image,x0,y0\na.png,6,2\n'))
  await writeLabelStudio(dataset, join(root, 'sizes', 'tasks.json'))
  const written = await readLabelStudio(join(root, 'sizes', 'tasks.json'))
  expect(written.records[0]).toMatchObject({ image: { width: 12, height: 10 }, keypoints: Float32Array.of(6, 2) })
})

test('.pts lie beside their images in folders below, as those of iBUG', async () => {
  await writeImages('nested/afw/1.jpg', 'nested/helen/trainset/1.jpg', 'nested/helen/trainset/1.png')
  const csv = await write('nested/faces.csv', 'image,x0,y0\nafw/1.jpg,1,2\nhelen/trainset/1.jpg,3,4\n')
  await writePts(await readCsv(csv), join(root, 'nested'))
  const dataset = await readPts(join(root, 'nested'))
  expect(dataset.records.map(({ id, keypoints }) => [id, ...keypoints])).toEqual([
    ['afw/1.jpg', 1, 2],
    ['helen/trainset/1.jpg', 3, 4],
  ])
  const both = await write('nested/both.csv', 'image,x0,y0\nhelen/trainset/1.jpg,1,2\nhelen/trainset/1.png,3,4\n')
  await expect(writePts(await readCsv(both), join(root, 'nested'))).rejects.toMatchObject({ code: 'ANNOTATIONS_LOSS' })
})

test('labels whose images have another extension name them as they are, also when they are written', async () => {
  await writeImages('lfpw/1.png')
  await write('lfpw/1.pts', '3 5\n')
  const faces = await readPts(join(root, 'lfpw'))
  expect(faces.records.map(({ id }) => id)).toEqual(['1.png'])
  await writeCoco(faces, join(root, 'lfpw', 'faces.json'))
  const written = await readCoco(join(root, 'lfpw', 'faces.json'))
  expect(written.records.map(({ id, keypoints }) => [id, ...keypoints])).toEqual([['1.png', 2, 4]])
})

test.each([
  ['in their folder', undefined, 'uploads/a.png'],
  ['in a folder that is passed', 'uploads', 'a.png'],
] as const)('images of Label Studio with one name in several folders are not confused, %s', async (_, folder, id) => {
  await writeImages('uploads/a.png', 'uploads/day 1/a.png', 'uploads/day 2/a.png')
  const tasks = ['day%201/a.png', 'day%202/a.png', 'a.png'].map((name, index) => {
    const value = { x: 25 * (index + 1), y: 50, keypointlabels: ['nose'] }
    const result = [{ type: 'keypointlabels', original_width: 12, original_height: 10, value }]
    return { data: { image: `/data/local-files/?d=uploads/${name}` }, annotations: [{ result }] }
  })
  const path = await write('tasks.json', JSON.stringify(tasks))
  const images = folder && join(root, folder)
  const { records } = await readLabelStudio(path, { images })
  // 25, 50 and 75 percent of 12 pixels.
  expect(records.map((record) => [record.id, record.imagePath, record.keypoints[0]])).toEqual([
    ['uploads/day 1/a.png', join(root, 'uploads', 'day 1', 'a.png'), 3],
    ['uploads/day 2/a.png', join(root, 'uploads', 'day 2', 'a.png'), 6],
    [id, join(root, 'uploads', 'a.png'), 9],
  ])
})

test('points come by name, and the report says how', async () => {
  await writeImages('named/a.png')
  const coco = {
    images: [{ id: 1, file_name: 'a.png' }],
    annotations: [{ image_id: 1, category_id: 1, keypoints: [1, 1, 2, 2, 2, 2, 3, 3, 2] }],
    categories: [{ id: 1, name: 'face', keypoints: ['Nose', 'chin', 'left_eye'] }],
  }
  const dataset = await readCoco(await write('named/faces.json', JSON.stringify(coco)), { scheme: SCHEME })
  expect([...(await dataset.get(0)).keypoints]).toEqual([3, 3, 0, 0, 1, 1])
  expect(dataset.report).toMatchObject({
    matches: [
      { fileName: 'Nose', schemePoint: 'nose' },
      { fileName: 'chin', schemePoint: null },
      { fileName: 'left_eye', schemePoint: 'left eye' },
    ],
    missing: ['right eye'],
    extra: ['chin'],
    faces: 1,
    derivedBoxes: 1,
  })
})

test('readDataset takes the options of the format that it finds, also of a table with tabs', async () => {
  await writeImages('tabs/a.png')
  const list = await write('tabs/faces.tsv', 'image\tx0\ty0\na.png\t6\t2\n')
  const { records } = await readDataset(dirname(list), { firstPixel: 1 })
  expect(records.map(({ keypoints }) => [...keypoints])).toEqual([[5, 1]])
  await expect(readDataset(list, { split: 'val' })).rejects.toMatchObject({ code: 'READ_OPTIONS' })
})

test('a cropped sample leads back to its file', async () => {
  const dataset = await readCoco(join(root, 'named', 'faces.json'), { crop: { size: 24, margin: 0.5 } })
  const { image, keypoints, toSource } = await dataset.get(0)
  expect([image.width, image.height]).toEqual([24, 24])
  const [a, , c] = toSource
  expect(a * (keypoints[0] as number) + c).toBeCloseTo(1, 5)
})

describe('files that systems leave in folders are passed over', () => {
  const leave = async (folder: string, ...names: string[]): Promise<void> => {
    for (const name of ['.DS_Store', 'Thumbs.db', 'desktop.ini', '__MACOSX/a', ...names]) {
      await write(join(folder, name), '\0\u0005\u0016\u0007')
    }
  }

  test('of .pts', async () => {
    await writePts(faces, join(root, 'apple-pts'))
    await leave('apple-pts', '._a.pts', '._a.png')
    await expect(readDataset(join(root, 'apple-pts'))).resolves.toMatchObject({ length: 2 })
  })

  test('of labelme', async () => {
    await writeLabelme(faces, join(root, 'apple-labelme'))
    await leave('apple-labelme', '._a.json')
    await expect(readDataset(join(root, 'apple-labelme'))).resolves.toMatchObject({ length: 2 })
  })

  test('of YOLO-pose, in folders below the images too', async () => {
    await writeYoloPose(faces, join(root, 'apple-yolo'))
    await leave('apple-yolo', '._data.yaml', 'images/._a.png', 'images/__MACOSX/a.png', 'images/Thumbs.db')
    await expect(readDataset(join(root, 'apple-yolo'))).resolves.toMatchObject({ length: 2 })
  })

  test('beside a list', async () => {
    await writeCvat(faces, join(root, 'apple-cvat', 'annotations.xml'))
    await leave('apple-cvat', '._annotations.xml')
    await expect(readDataset(join(root, 'apple-cvat'))).resolves.toMatchObject({ length: 2 })
  })
})

test('a folder with a list is read by it, whatever else lies there; several lists and none are errors that name them', async () => {
  await writeCvat(faces, join(root, 'mixed', 'annotations.xml'))
  await write('mixed/broken.json', '{"images": [')
  await write('mixed/tags.json', '["smile", "glasses"]')
  await write('mixed/notes.csv', 'no table')
  await write('mixed/settings.yaml', 'a: 1')
  await expect(readDataset(join(root, 'mixed'))).resolves.toMatchObject({ length: 2 })
  await writeCoco(faces, join(root, 'mixed', 'faces.json'))
  await expect(readDataset(join(root, 'mixed'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_SEVERAL',
    received: 'annotations.xml (cvat), faces.json (coco)',
  })
  await writeCoco(faces, join(root, 'outer', 'annotations', 'faces.json'))
  await expect(readDataset(join(root, 'outer'))).resolves.toMatchObject({ length: 2 })
  await expect(readDataset(join(root, 'mixed', 'images'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_UNKNOWN',
    received: expect.stringMatching(/^a folder of a\.png, /),
  })
})

test('a folder with labels of several kinds is an error that names them, not the labels of one kind', async () => {
  await writePts(faces, join(root, 'kinds'))
  await write('kinds/people.csv', 'image,age\na.png,30\n')
  await expect(recognizeFormat(join(root, 'kinds'))).resolves.toEqual({ format: 'pts', path: join(root, 'kinds') })
  await writeLabelme(faces, join(root, 'kinds'))
  await expect(readDataset(join(root, 'kinds'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_SEVERAL',
    file: join(root, 'kinds'),
    received: 'a.pts (pts), a.json (labelme)',
  })
  await writeLabelme(faces, join(root, 'kinds-of-lists'))
  await writeCvat(faces, join(root, 'kinds-of-lists', 'faces.xml'))
  await expect(readDataset(join(root, 'kinds-of-lists'))).rejects.toMatchObject({
    received: 'a.json (labelme), faces.xml (cvat)',
  })
})

test('files beside .pts that cannot be read are passed over', async () => {
  await writePts(faces, join(root, 'unread'))
  // Reading a folder as a file fails for every user, root included.
  for (const name of ['old.json', 'old.xml', 'old.csv']) await mkdir(join(root, 'unread', name))
  await expect(readDataset(join(root, 'unread'))).resolves.toMatchObject({ length: 2 })
  await mkdir(join(root, 'unread-alone', 'old.json'), { recursive: true })
  await expect(readDataset(join(root, 'unread-alone'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_NOT_READ',
    file: join(root, 'unread-alone', 'old.json'),
  })
})

test('a folder whose only list is damaged or empty is an error that names the list', async () => {
  for (const [name, text, problem] of [
    ['cut.json', '{"images": [', 'not valid JSON'],
    ['nan.json', '{"images": [], "annotations": [{"keypoints": [NaN]}]}', 'not valid JSON'],
    ['empty.csv', '', 'the file of annotations is empty'],
  ] as const) {
    const path = await write(`damaged-${name}/${name}`, text)
    await expect(readDataset(dirname(path))).rejects.toMatchObject({ code: 'ANNOTATIONS_INVALID', file: path, problem })
  }
})

test('a point that a face has twice is an error, not the last of them', async () => {
  const shape = { label: 'nose', points: [[1, 2]], group_id: null, shape_type: 'point' }
  const json = { imagePath: 'a.png', shapes: [shape, { ...shape, points: [[8, 2]] }] }
  await writeImages('twice/a.png')
  await write('twice/a.json', JSON.stringify(json))
  await expect(readDataset(join(root, 'twice'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_INVALID',
    problem: 'image a.png: a face has point nose more than once',
    expected: expect.stringContaining('group_id'),
  })
})

test('labels of labelme that are misspelled are reported', async () => {
  await writeImages('typos/a.png', 'typos/b.png', 'typos/c.png')
  for (const [name, label] of [
    ['a', 'nose tip'],
    ['b', 'nose tip'],
    ['c', 'Nose_tip'],
  ] as const) {
    const shapes = [
      { label, points: [[1, 2]], shape_type: 'point' },
      { label: 'chin', points: [[1, 9]], shape_type: 'point' },
    ]
    await write(`typos/${name}.json`, JSON.stringify({ imagePath: `${name}.png`, shapes }))
  }
  expect((await readDataset(join(root, 'typos'))).report.warnings.slice(-2)).toEqual([
    'points nose tip and Nose_tip differ in case or separators only: perhaps one point',
    'labeled in one face only, perhaps misspelled: Nose_tip',
  ])
})

test('labelme is read in folders below too, each with the images beside it', async () => {
  await writeImages('tree/a.png', 'tree/day 1/a.png', 'tree/shared/b.png')
  const shapes = [{ label: 'nose', points: [[1, 2]], shape_type: 'point' }]
  await write('tree/a.json', JSON.stringify({ imagePath: 'a.png', shapes }))
  await write('tree/day 1/a.json', JSON.stringify({ imagePath: 'a.png', shapes }))
  await write('tree/day 1/b.json', JSON.stringify({ imagePath: '..\\shared\\b.png', shapes }))
  await write('tree/day 1/settings.json', '{}')
  const dataset = await readDataset(join(root, 'tree'))
  expect(dataset.records.map(({ id }) => id).sort()).toEqual(['a.png', 'day 1/a.png', 'shared/b.png'])
  expect(dataset.records.map(({ imagePath }) => imagePath).sort()).toEqual(
    ['a.png', 'day 1/a.png', 'shared/b.png'].map((name) => join(root, 'tree', name)),
  )
})

test('YOLO-pose by Roboflow, whose paths begin one folder too high, is read', async () => {
  await writeImages('roboflow/train/images/a.png')
  await write('roboflow/train/labels/a.txt', '0 0.5 0.5 0.5 0.5 0.25 0.5')
  const config = await write('roboflow/data.yaml', 'train: ../train/images\nval: ../valid/images\nkpt_shape: [1, 2]\n')
  const { records } = await readDataset(config)
  expect(records.map(({ id, keypoints }) => [id, ...keypoints])).toEqual([['train/images/a.png', 3, 5]])
  await expect(readDataset(config, { split: 'val' })).rejects.toMatchObject({
    code: 'ANNOTATIONS_NOT_READ',
    file: join(root, 'valid', 'images'),
  })
})

test('labelme is read beside the JSON of a project, but not beside damaged JSON or other annotations', async () => {
  await writeLabelme(faces, join(root, 'project'))
  await write('project/facekp.json', '{"data": "."}')
  await write('project/package.json', '{"name": "faces", "dependencies": {}}')
  await expect(readDataset(join(root, 'project'))).resolves.toMatchObject({ length: 2 })
  for (const [name, text] of [
    ['cut.json', '{"version": "5.5'],
    ['faces.json', '{"images": [], "annotations": []}'],
  ] as const) {
    const path = await write(`project/${name}`, text)
    await expect(readDataset(join(root, 'project'))).rejects.toMatchObject({ code: 'ANNOTATIONS_INVALID', file: path })
    await rm(path)
  }
  await expect(readLabelme(join(root, 'project', 'package.json'))).rejects.toMatchObject({
    code: 'ANNOTATIONS_INVALID',
  })
})

test('labels of YOLO-pose whose images do not exist are reported', async () => {
  await writeYoloPose(faces, join(root, 'lone'))
  await write('lone/labels/gone.txt', '')
  await write('lone/labels/classes.txt', 'face')
  const { report } = await readDataset(join(root, 'lone'))
  expect(report.warnings).toEqual([`${join(root, 'lone', 'labels')}: no image for 1 files of labels: gone.txt`])
})

test.each([
  ['a missing file', 'none.json', undefined, 'ANNOTATIONS_NOT_READ'],
  ['another format', 'other.txt', 'hello', 'ANNOTATIONS_UNKNOWN'],
  ['JSON of another kind', 'other.json', '{"a": 1}', 'ANNOTATIONS_UNKNOWN'],
  ['a list of texts', 'tags.json', '["a", "b"]', 'ANNOTATIONS_UNKNOWN'],
  ['a list of numbers', 'numbers.json', '[1, 2]', 'ANNOTATIONS_UNKNOWN'],
  ['broken JSON', 'broken.json', '{"images": [', 'ANNOTATIONS_INVALID'],
])('%s is an error that names it', async (_, name, text, code) => {
  const path = text === undefined ? join(root, name) : await write(name, text)
  await expect(readDataset(path)).rejects.toMatchObject({ code, file: path })
})
