import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createDataset, createSample, defineScheme, type Image, mapPoint } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { drawPositions, writeJpeg } from '../../fixtures/images.ts'
import { checkDataset } from '../index.ts'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  readCoco,
  readCsv,
  readCvat,
  readImglab,
  readLabelme,
  readLabelStudio,
  readPts,
  readWflw,
  readYoloPose,
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

// 98 points, as WFLW has them; every format can hold them.
const SCHEME = defineScheme({
  name: 'many',
  pointNames: Array.from({ length: 98 }, (_, i) => `${i}`),
  flipPairs: [],
  parts: [],
})

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-read-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const createFace = (id: string, image: Image<Uint8Array> = drawPositions(24, 16)) =>
  createSample({ id, image, keypoints: Float32Array.from({ length: 196 }, (_, i) => 1 + (i % 12)) })

const FORMATS = [
  ['COCO', writeCoco, readCoco, 'annotations/faces.json'],
  ['CVAT', writeCvat, readCvat, 'annotations/faces.xml'],
  ['imglab', writeImglab, readImglab, 'annotations/faces.xml'],
  ['labelme', writeLabelme, readLabelme, 'annotations'],
  ['Label Studio', writeLabelStudio, readLabelStudio, 'annotations/faces.json'],
  ['CSV', writeCsv, readCsv, 'annotations/faces.csv'],
  ['WFLW', writeWflw, readWflw, 'annotations/faces.txt'],
  ['.pts', writePts, readPts, 'annotations'],
  ['YOLO-pose', writeYoloPose, readYoloPose, 'annotations'],
] as const

type Read = (path: string, options?: AnnotationReadOptions) => Promise<AnnotatedDataset>

describe.each(FORMATS)('the reader of %s', (format, write, readFormat, file) => {
  const read: Read = (path, options) => readFormat(format === 'YOLO-pose' ? join(path, 'data.yaml') : path, options)

  /** Writes the annotations of two faces and, elsewhere, their images. */
  async function writeApart(): Promise<{ path: string; images: string }> {
    await write(createDataset(SCHEME, [createFace('a'), createFace('b')]), join(root, file))
    for (const folder of ['annotations/images', 'annotations']) {
      for (const name of ['a.png', 'b.png']) rmSync(join(root, folder, name), { force: true })
    }
    const images = join(root, 'elsewhere')
    for (const name of ['a', 'b']) await writeJpeg(join(images, 'images', `${name}.png`), drawPositions(24, 16))
    for (const name of ['a', 'b']) await writeJpeg(join(images, `${name}.png`), drawPositions(24, 16))
    return { path: join(root, file), images }
  }

  test('takes scheme, pointNames, images, crop and channels', async () => {
    const isYolo = format === 'YOLO-pose'
    const { path, images } = isYolo ? { path: join(root, file), images: undefined } : await writeApart()
    if (isYolo) await write(createDataset(SCHEME, [createFace('a'), createFace('b')]), path)
    const scheme = { ...SCHEME, name: 'own', pointNames: ['tip', ...SCHEME.pointNames.slice(1)] }
    const dataset = await read(path, { scheme, pointNames: { 0: 'tip' }, images, crop: { size: 8 }, channels: 1 })
    expect([dataset.length, dataset.scheme]).toEqual([2, scheme])
    const { image, keypoints, toSource } = await dataset.get(1)
    expect(image).toMatchObject({ width: 8, height: 8, channels: 1 })
    const [x, y] = mapPoint(toSource, keypoints[2] as number, keypoints[3] as number)
    expect([x, y]).toEqual([expect.closeTo(3, 4), expect.closeTo(4, 4)])
  })

  test('names an unknown option at once', async () => {
    await write(createDataset(SCHEME, [createFace('a')]), join(root, file))
    await expect(read(join(root, file), { imagse: 'x' } as AnnotationReadOptions)).rejects.toMatchObject({
      code: 'READ_OPTIONS',
      message: expect.stringContaining('images'),
    })
  })

  if (format === 'YOLO-pose') return

  test('lists all missing images in one error, or keeps them for checkDataset', async () => {
    const { path, images } = await writeApart()
    rmSync(images, { recursive: true })
    mkdirSync(images)
    await expect(read(path, { images })).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      problem: expect.stringMatching(/2 of 2 images do not exist below .*elsewhere: .*a\.\w+, .*b\.\w+/),
    })
    const dataset = await read(path, { images, missingImages: 'keep' })
    expect([dataset.length, dataset.report.missingImages]).toEqual([2, 2])
    await expect(dataset.get(0)).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
    const { faults } = await checkDataset(dataset)
    expect(faults.map(({ kind, index, id }) => [kind, index, id])).toEqual(
      dataset.records.map(({ id }, index) => ['missingImage', index, id]),
    )
  })
})

test('an error about many missing images names some of them and their number', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `${i}.jpg`)
  const list = join(root, 'faces.csv')
  writeFileSync(list, ['image,nose_x,nose_y', ...names.map((name) => `${name},1,2`)].join('\n'))
  await writeJpeg(join(root, '3.jpg'), drawPositions(8, 8))
  await expect(readCsv(list)).rejects.toMatchObject({
    file: list,
    line: 2,
    message: expect.stringContaining('11 of 12 images do not exist'),
    problem: expect.stringContaining('0.jpg, 1.jpg, 2.jpg, 4.jpg, 5.jpg and 6 more'),
    // The folder of one of them would not have the others.
    expected: expect.stringMatching(/^all of them below /),
  })
})

test('faces of an image that a list has several times have ids of their own, as those of one entry have', async () => {
  await writeJpeg(join(root, 'a.jpg'), drawPositions(8, 8))
  await writeJpeg(join(root, 'b.jpg'), drawPositions(9, 8))
  const point = (x: number): string => `<points label="nose" group_id="${x}" points="${x},2"/>`
  const image = (name: string, ...xs: number[]): string => `<image name="${name}">${xs.map(point).join('')}</image>`
  const list = join(root, 'twice.xml')
  writeFileSync(list, `<annotations>${image('a.jpg', 1, 2)}${image('b.jpg', 3)}${image('a.jpg', 4)}</annotations>`)
  const faces = await readCvat(list)
  expect(faces.records.map(({ id, keypoints }) => [id, keypoints[0]])).toEqual([
    ['a.jpg', 1],
    ['a.jpg#2', 2],
    ['b.jpg', 3],
    ['a.jpg#3', 4],
  ])
  expect((await checkDataset(faces, { minFaceSize: 0 })).faults).toEqual([])
})

test('images of several folders that are found as one file are reported', async () => {
  const list = join(root, 'faces.csv')
  writeFileSync(list, 'image,nose_x,nose_y\ntrain/1.jpg,1,2\nval/1.jpg,3,4\nval/2.jpg,5,6\n')
  for (const name of ['1.jpg', '2.jpg']) await writeJpeg(join(root, 'flat', name), drawPositions(8, 8))
  const { report } = await readCsv(list, { images: join(root, 'flat') })
  expect(report.warnings.slice(-1)).toEqual(['1 image found as the file of another: val/1.jpg'])
  await writeJpeg(join(root, 'flat', 'val', '1.jpg'), drawPositions(8, 8))
  const apart = await readCsv(list, { images: join(root, 'flat') })
  expect(apart.report.warnings.filter((warning) => warning.includes('another'))).toEqual([])
})

test('an error about images says where they seem to lie', async () => {
  await writeJpeg(join(root, 'faces', 'images', 'train', 'a.jpg'), drawPositions(8, 8))
  const list = join(root, 'faces', 'annotations', 'faces.csv')
  mkdirSync(dirname(list))
  for (const [name, code] of [
    ['a.jpg', 'IMAGE_MISSING'],
    ['../images/a.jpg', 'IMAGE_PATH'],
  ] as const) {
    writeFileSync(list, `image,nose_x,nose_y\n${name},1,2`)
    const images = join(root, 'faces', 'images', 'train')
    await expect(readCsv(list)).rejects.toMatchObject({
      code,
      expected: expect.stringContaining(`images: '${images}'`),
    })
    expect(await readCsv(list, { images })).toMatchObject({ length: 1 })
  }
  writeFileSync(list, 'image,nose_x,nose_y\nnowhere.jpg,1,2')
  await expect(readCsv(list)).rejects.toMatchObject({ expected: expect.not.stringContaining('perhaps') })
})

test('YOLO-pose keeps images that are missing from a list, or damaged', async () => {
  mkdirSync(join(root, 'images'))
  mkdirSync(join(root, 'labels'))
  await writeJpeg(join(root, 'images', 'a.jpg'), drawPositions(20, 10))
  writeFileSync(join(root, 'images', 'damaged.jpg'), 'no image')
  for (const name of ['a', 'damaged', 'gone']) {
    writeFileSync(join(root, 'labels', `${name}.txt`), '0 0.5 0.5 0.5 0.5 0.25 0.5')
  }
  writeFileSync(join(root, 'train.txt'), 'images/a.jpg\nimages/damaged.jpg\nimages/gone.jpg\n')
  writeFileSync(join(root, 'data.yaml'), 'kpt_shape: [1, 2]\ntrain: train.txt\n')
  await expect(readYoloPose(join(root, 'data.yaml'))).rejects.toMatchObject({ code: 'IMAGE_MISSING' })
  const faces = await readYoloPose(join(root, 'data.yaml'), { missingImages: 'keep' })
  expect([...(await faces.get(0)).keypoints]).toEqual([5, 5])
  const { faults } = await checkDataset(faces)
  expect(faults.filter(({ index }) => index > 0).map(({ kind, id }) => [kind, id])).toEqual([
    ['unreadable', 'images/damaged.jpg'],
    ['missingImage', 'images/gone.jpg'],
  ])
})

// The list states the size of the image as stored; EXIF orientation 6 turns 48 x 32 into 32 x 48 (PIL: ImageOps.exif_transpose(image).size).
describe('the size that a list states is compared with that of the image', () => {
  const lists: Record<string, [Read, (size: [number, number]) => string]> = {
    'faces.json': [
      readCoco,
      ([width, height]) =>
        JSON.stringify({
          images: [{ id: 1, file_name: 'a.jpg', width, height }],
          annotations: [{ image_id: 1, category_id: 1, bbox: [4, 4, 20, 20], keypoints: [10, 20, 2] }],
          categories: [{ id: 1, name: 'face', keypoints: ['nose'] }],
        }),
    ],
    'cvat.xml': [
      readCvat,
      ([width, height]) =>
        `<annotations><image name="a.jpg" width="${width}" height="${height}"><points label="nose" points="10,20"/></image></annotations>`,
    ],
    'imglab.xml': [
      readImglab,
      ([width, height]) =>
        `<dataset><images><image file='a.jpg' width='${width}' height='${height}'><box left='4' top='4' width='20' height='20'><part name='nose' x='10' y='20'/></box></image></images></dataset>`,
    ],
    'a.json': [
      readLabelme,
      ([imageWidth, imageHeight]) =>
        JSON.stringify({
          imagePath: 'a.jpg',
          imageWidth,
          imageHeight,
          shapes: [{ label: 'nose', shape_type: 'point', points: [[10, 20]] }],
        }),
    ],
    'tasks.json': [
      readLabelStudio,
      ([original_width, original_height]) => {
        const value = { x: 25, y: 50, keypointlabels: ['nose'] }
        const result = [{ type: 'keypointlabels', original_width, original_height, value }]
        return JSON.stringify([{ data: { image: 'a.jpg' }, annotations: [{ result }] }])
      },
    ],
  }

  test.each(Object.entries(lists))('%s, for whole images and crops', async (name, [read, format]) => {
    await writeJpeg(join(root, 'a.jpg'), drawPositions(48, 32), 6)
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    for (const crop of [undefined, { size: 8 }]) {
      writeFileSync(path, format([32, 48]))
      expect((await (await read(path, { crop })).get(0)).id).toBe('a.jpg')
      writeFileSync(path, format([48, 32]))
      await expect((await read(path, { crop })).get(0)).rejects.toMatchObject({
        code: 'ANNOTATIONS_SIZE',
        file: path,
        received: '32 x 48',
        expected: expect.stringMatching(/48 x 32 .*orientation: 'ignore'/),
      })
      const { faults } = await checkDataset(await read(path, { crop }))
      expect(faults.map(({ kind, id }) => [kind, id])).toEqual([['wrongSize', 'a.jpg']])
      const { image, keypoints, toSource } = await (await read(path, { crop, orientation: 'ignore' })).get(0)
      const [x, y] = mapPoint(toSource, keypoints[0] as number, keypoints[1] as number)
      expect([Math.round(x), Math.round(y)]).toEqual(name === 'tasks.json' ? [12, 16] : [10, 20])
      if (!crop) expect([image.width, image.height]).toEqual([48, 32])
      writeFileSync(path, format([480, 320]))
      await expect((await read(path, { crop })).get(0)).rejects.toMatchObject({
        expected: '480 x 320 (the image that was annotated)',
      })
    }
    writeFileSync(path, format([32, 48]))
    await expect((await read(path, { orientation: 'ignore' })).get(0)).rejects.toMatchObject({
      received: '48 x 32',
      expected: expect.stringMatching(/32 x 48 .*orientation: 'apply'/),
    })
  })

  test('of an image that a list has twice, both are compared', async () => {
    await writeJpeg(join(root, 'a.jpg'), drawPositions(48, 32))
    const path = join(root, 'twice.xml')
    const format = (width: number) =>
      `<image name="a.jpg" width="${width}" height="32"><points label="nose" points="10,20"/></image>`
    writeFileSync(path, `<annotations>${format(48)}${format(96)}</annotations>`)
    const faces = await readCvat(path)
    expect((await faces.get(0)).id).toBe('a.jpg')
    await expect(faces.get(1)).rejects.toMatchObject({
      code: 'ANNOTATIONS_SIZE',
      expected: expect.stringMatching(/^96 x 32/),
    })
  })

  test('YOLO-pose, whose points are relative, takes the size that the orientation leads to', async () => {
    await writeJpeg(join(root, 'images', 'a.jpg'), drawPositions(48, 32), 6)
    mkdirSync(join(root, 'labels'))
    writeFileSync(join(root, 'labels', 'a.txt'), '0 0.5 0.5 0.5 0.5 0.25 0.5')
    writeFileSync(join(root, 'data.yaml'), 'kpt_shape: [1, 2]\ntrain: images\n')
    for (const [orientation, size, point] of [
      ['apply', [32, 48], [8, 24]],
      ['ignore', [48, 32], [12, 16]],
    ] as const) {
      const { image, keypoints } = await (await readYoloPose(join(root, 'data.yaml'), { orientation })).get(0)
      expect([[image.width, image.height], [...keypoints]]).toEqual([size, point])
    }
  })
})

// The color of a pixel states its position in the stored image: a point placed there must be on that color.
test('points placed on the image as stored are on it with orientation: ignore, in crops too', async () => {
  await writeJpeg(join(root, 'a.jpg'), drawPositions(48, 32), 6)
  const list = join(root, 'faces.csv')
  writeFileSync(list, 'image,nose_x,nose_y,chin_x,chin_y\na.jpg,30,10,40,20\n')
  const faces = await readCsv(list, { orientation: 'ignore', crop: { size: 11 }, decoder: 'builtin' })
  const { image, keypoints } = await faces.get(0)
  const [x, y] = [Math.round(keypoints[0] as number), Math.round(keypoints[1] as number)]
  const [red, green] = image.data.subarray(3 * (y * image.width + x))
  expect([Math.abs((red as number) - 4 * 30) < 4, Math.abs((green as number) - 4 * 10) < 4]).toEqual([true, true])
})
