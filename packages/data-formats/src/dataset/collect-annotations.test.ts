import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { subset } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { drawPositions, writeJpeg } from '../../fixtures/images.ts'
import { ANNOTATION_FORMATS, FOLDER_FORMATS } from '../index.ts'
import {
  type AnnotatedDataset,
  readCoco,
  readCsv,
  readDataset,
  readImglab,
  recognizeFormat,
  writeCoco,
  writeCsv,
  writeCvat,
  writeDataset,
  writeImglab,
  writeLabelme,
  writeLabelStudio,
  writePts,
  writeYoloPose,
} from '../node.ts'

let root = ''
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-collect-'))
  for (const name of ['one', 'two', 'none']) await writeJpeg(join(root, `${name}.jpg`), drawPositions(24, 16))
})
afterEach(() => rmSync(root, { recursive: true }))

const at = (x: number): number[] => [x, 4, 2, x + 2, 8, 1]

/** An image of one face, one of two faces and a crowd, and one without faces. */
async function readFaces(options?: Parameters<typeof readCoco>[1]): Promise<AnnotatedDataset> {
  const face = { category_id: 1, bbox: [1, 1, 9, 9] }
  const annotations = [
    { ...face, image_id: 1, keypoints: at(3) },
    { ...face, image_id: 2, keypoints: at(5) },
    { ...face, image_id: 2, bbox: [2, 3, 8, 7], iscrowd: 1, keypoints: [0, 0, 0, 0, 0, 0] },
    { ...face, image_id: 2, bbox: [8, 2, 9, 9], keypoints: at(9) },
  ]
  const images = ['one', 'two', 'none'].map((name, index) => ({ id: index + 1, file_name: `${name}.jpg` }))
  const list = join(root, 'faces.json')
  const categories = [{ id: 1, name: 'face', keypoints: ['chin', 'nose'] }]
  writeFileSync(list, JSON.stringify({ images, annotations, categories }))
  return readCoco(list, options)
}

describe('an image without faces, and two faces of one image, are kept as', () => {
  test.each([
    ['COCO', writeCoco, 'faces.json'],
    ['CVAT', writeCvat, 'faces.xml'],
    ['imglab', writeImglab, 'faces.xml'],
    ['labelme', writeLabelme, ''],
    ['Label Studio', writeLabelStudio, 'tasks.json'],
    ['CSV', writeCsv, 'faces.csv'],
    ['YOLO-pose', writeYoloPose, ''],
  ] as const)('%s, with and without their images', async (format, write, file) => {
    for (const images of format === 'YOLO-pose' ? ['images'] : [undefined, 'images']) {
      const path = join(root, `written ${images}`, file)
      await write(await readFaces({ channels: 1 }), path, images === undefined ? {} : { images })
      const folder = file === '' ? path : dirname(path)
      const isInside = format === 'Label Studio' ? join(folder, 'images') : undefined
      const written = await readDataset(path, { images: images === undefined ? root : isInside })
      expect(written.report).toMatchObject({ images: 3, faces: 3, imagesWithoutFaces: 1 })
      const faces = new Map(written.records.map(({ imagePath, keypoints }) => [keypoints[0]?.toFixed(3), imagePath]))
      expect([...faces.keys()].sort()).toEqual(['3.000', '5.000', '9.000'])
      expect(faces.get('5.000')).toBe(faces.get('9.000'))
      expect((await written.get(0)).image).toMatchObject({ width: 24, height: 16 })
    }
  })
})

test('sizes and images without faces are read with the options of the dataset', async () => {
  // IHDR and IEND of a PNG of 20000 x 6000 pixels, more than the default of maxPixels.
  const header = '89504e470d0a1a0a 0000000d49484452 00004e20 00001770 0800000000 00000000 0000000049454e44ae426082'
  writeFileSync(join(root, 'large.png'), Buffer.from(header.replaceAll(' ', ''), 'hex'))
  writeFileSync(join(root, 'large.csv'), 'image,nose_x,nose_y\nlarge.png,3,4\n')
  await writeLabelStudio(await readCsv(join(root, 'large.csv'), { maxPixels: 2e8 }), join(root, 'tasks.json'))
  const [task] = JSON.parse(readFileSync(join(root, 'tasks.json'), 'utf8'))
  expect(task.annotations[0].result[0]).toMatchObject({ original_width: 20_000, original_height: 6000 })

  await writeCoco(await readFaces({ channels: 1 }), join(root, 'gray', 'faces.json'), { images: 'images' })
  // Byte 25 of a PNG is its color type, 0 for gray.
  const colorTypes = ['one', 'none'].map((name) => readFileSync(join(root, 'gray', 'images', `${name}.png`))[25])
  expect(colorTypes).toEqual([0, 0])
})

test('COCO and imglab keep ignored regions', async () => {
  await writeImglab(await readFaces(), join(root, 'list.xml'))
  const faces = await readImglab(join(root, 'list.xml'))
  expect(faces.report.ignoredFaces).toBe(1)
  await writeCoco(faces, join(root, 'again.json'))
  const { annotations } = JSON.parse(readFileSync(join(root, 'again.json'), 'utf8'))
  expect(annotations.filter(({ iscrowd }: { iscrowd: number }) => iscrowd === 1)).toMatchObject([
    { bbox: [2, 3, 8, 7] },
  ])
})

test('ignored regions are kept of each place where a list has an image', async () => {
  const box = (left: number, ignore: number) => `<box top='1' left='${left}' width='9' height='9' ignore='${ignore}'/>`
  const images = [`${box(1, 0)}${box(2, 1)}`, box(3, 1)].map((boxes) => `<image file='one.jpg'>${boxes}</image>`)
  writeFileSync(join(root, 'list.xml'), `<dataset><images>${images.join('')}</images></dataset>`)
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  await writeCoco(await readImglab(join(root, 'list.xml'), { scheme }), join(root, 'again.json'))
  const { annotations } = JSON.parse(readFileSync(join(root, 'again.json'), 'utf8'))
  const ignored = annotations.filter(({ iscrowd }: { iscrowd: number }) => iscrowd === 1)
  expect(ignored).toMatchObject([{ bbox: [2, 1, 9, 9] }, { bbox: [3, 1, 9, 9] }])
})

test('faces of one image stay together in a part of a dataset', async () => {
  await writeYoloPose(subset(await readFaces(), [1, 2]), join(root, 'part'))
  const part = await readDataset(join(root, 'part'))
  expect(part.report).toMatchObject({ images: 1, faces: 2 })
  expect(part.records.map(({ keypoints }) => keypoints[0]?.toFixed(3))).toEqual(['5.000', '9.000'])
})

test('crops are written one per face', async () => {
  await writeYoloPose(await readFaces({ crop: { size: 8 } }), join(root, 'crops'))
  const crops = await readDataset(join(root, 'crops'))
  expect(crops.report).toMatchObject({ images: 3, faces: 3, imagesWithoutFaces: 0 })
  expect((await crops.get(0)).image).toMatchObject({ width: 8, height: 8 })
  await writeYoloPose(subset(await readFaces({ crop: { size: 8 } }), [1, 2]), join(root, 'crops of a part'))
  expect((await readDataset(join(root, 'crops of a part'))).report).toMatchObject({ images: 2, faces: 2 })
})

test('.pts leaves out images without faces', async () => {
  const list = join(root, 'one-face.csv')
  writeFileSync(list, 'image,nose_x,nose_y\none.jpg,3,4\nnone.jpg,,\n')
  const faces = await readDataset(list)
  expect(faces.report).toMatchObject({ images: 2, faces: 1, imagesWithoutFaces: 1 })
  await writePts(faces, root)
  expect((await readDataset(root)).report).toMatchObject({ images: 1, faces: 1 })
})

test('a folder of images that is not relative to the annotations is an error', async () => {
  await expect(
    writeCoco(await readFaces(), join(root, 'a.json'), { images: join(root, 'images') }),
  ).rejects.toMatchObject({
    code: 'WRITE_OPTIONS',
    expected: 'a path relative to the annotations, such as images',
  })
})

test('writeDataset writes each format by its name', async () => {
  for (const format of ANNOTATION_FORMATS.filter((name) => name !== 'wflw' && name !== 'pts')) {
    const isFolder = FOLDER_FORMATS.has(format)
    const file = { cvat: 'a.xml', imglab: 'a.xml', csv: 'a.csv' }[format as string] ?? 'a.json'
    const path = isFolder ? join(root, format) : join(root, format, file)
    await writeDataset(await readFaces(), path, { format })
    expect(statSync(path).isDirectory()).toBe(isFolder)
    expect((await recognizeFormat(path)).format).toBe(format)
  }
  const invalid = { format: 'coco-json' } as never
  await expect(writeDataset(await readFaces(), join(root, 'no'), invalid)).rejects.toMatchObject({
    code: 'WRITE_OPTIONS',
    expected: expect.stringContaining('yolo-pose'),
  })
})
