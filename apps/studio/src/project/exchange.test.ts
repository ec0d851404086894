import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { type ExportFormat, exportLabels, type LabeledImage } from './export-labels.ts'
import { importLabels } from './import-labels.ts'
import type { FaceLabel } from './labels.ts'

const scheme = defineScheme({
  name: '顔 face',
  pointNames: ['left eye', 'right eye', 'أنف'],
  flipPairs: [[0, 1]],
  parts: [{ name: 'eyes', indices: [0, 1], closed: false }],
})
const face: FaceLabel = {
  box: { left: 10, top: 20, width: 100, height: 120 },
  points: [
    { x: 80.25, y: 50.5, state: 'corrected' },
    { x: 30.125, y: 52, state: 'hidden' },
    { x: 0, y: 0, state: 'missing' },
  ],
  isConfirmed: true,
}
const images: LabeledImage[] = [
  { file: 'a/面 1.png', width: 200, height: 160, faces: [face, { ...face, box: { ...face.box, left: 60 } }] },
  { file: 'b.jpg', width: 640, height: 480, faces: [] },
]
const options = {
  scheme,
  images: images.map(({ file }) => file),
  getSize: async (file: string) => images.find((image) => image.file === file) as LabeledImage,
}

test.each<ExportFormat>(['coco', 'cvat', 'yolo-pose'])(
  '%s: exported and imported labels are the same',
  async (format) => {
    const { name, bytes } = exportLabels(format, images, scheme)
    const { faces, missing } = await importLabels([{ path: name, bytes }], options)
    expect(missing).toEqual([])
    expect([...faces.keys()]).toEqual(['a/面 1.png'])
    const imported = faces.get('a/面 1.png') as FaceLabel[]
    expect(imported).toHaveLength(2)
    expect(imported[0]?.points.map(({ state }) => state)).toEqual(['corrected', 'hidden', 'missing'])
    expect(imported[0]?.points[0]?.x).toBeCloseTo(80.25, 4)
    expect(imported[0]?.points[1]?.y).toBeCloseTo(52, 4)
    expect(imported[0]?.isConfirmed).toBe(true)
  },
)

test('YOLO-pose refuses two images that would have the same label file', () => {
  const same = ['a/1.jpg', 'b/1.jpg', 'a/1.png'].map((file) => ({ ...(images[0] as LabeledImage), file }))
  expect(() => exportLabels('yolo-pose', same, scheme)).toThrow(
    expect.objectContaining({ code: 'ANNOTATIONS_DUPLICATE', received: 'a/1.jpg and a/1.png' }),
  )
  expect(() => exportLabels('yolo-pose', same.slice(0, 2), scheme)).not.toThrow()
  const folders = ['a/1.jpg', 'images/A/1.jpg'].map((file) => ({ ...(images[0] as LabeledImage), file }))
  expect(() => exportLabels('yolo-pose', folders, scheme)).toThrow('a/1.jpg and images/A/1.jpg')
})

test('the scheme of a file is inferred, with its flip pairs', async () => {
  const { name, bytes } = exportLabels('yolo-pose', images, scheme)
  const { scheme: inferred } = await importLabels([{ path: name, bytes }], { ...options, scheme: 'infer' })
  expect(inferred.pointNames).toEqual(scheme.pointNames)
  expect(inferred.flipPairs).toEqual([[0, 1]])
})

test('labels of YOLO-pose are where YOLO finds them, of a folder images and of one that contains it', () => {
  for (const file of ['a/b.jpg', 'images/a/b.jpg']) {
    const { bytes } = exportLabels('yolo-pose', [{ ...images[0], file } as LabeledImage], scheme)
    expect(Object.keys(unzipSync(bytes))).toEqual(['data.yaml', 'labels/a/b.txt'])
  }
})

test('labels of YOLO-pose that fit several images or none are named and left out', async () => {
  const { name, bytes } = exportLabels('yolo-pose', [images[0] as LabeledImage], scheme)
  for (const paths of [['a/面 1.png', 'a/面 1.webp'], ['c.png']]) {
    const { faces, warnings } = await importLabels([{ path: name, bytes }], { ...options, images: paths })
    expect(faces.size).toBe(0)
    expect(warnings.join()).toContain('labels/a/面 1.txt')
  }
})

test('files of annotations that are not read are named', async () => {
  const files = (['coco', 'cvat', 'yolo-pose'] as const).map((format) => {
    const { name: path, bytes } = exportLabels(format, images, scheme)
    return { path, bytes }
  })
  const [coco, cvat, yolo] = files
  const importWarnings = async (...chosen: typeof files): Promise<string> =>
    (await importLabels(chosen, options)).warnings.join()
  for (const file of files) expect(await importWarnings(file)).not.toContain('was read')
  const other = { ...coco, path: 'other.json' } as (typeof files)[number]
  expect(await importWarnings(coco as typeof other, other)).toContain('Only 顔 face-coco.json was read, not other.json')
  expect(await importWarnings(other, cvat as typeof other)).toContain('Only other.json was read, not 顔 face-cvat.xml')
  // The settings of YOLO-pose are in the zip.
  expect(await importWarnings(other, yolo as typeof other)).toContain('Only data.yaml was read, not other.json')
})

test('an image gets the labels of one image only', async () => {
  const exported = ['2020/b.jpg', '2021/b.jpg'].map((file) => ({ ...images[0], file }) as LabeledImage)
  const { name, bytes } = exportLabels('coco', exported, scheme)
  const { faces, missing } = await importLabels([{ path: name, bytes }], options)
  expect(faces.size).toBe(0)
  expect(missing).toEqual(['2020/b.jpg', '2021/b.jpg'])
})

test('images are found by their names in other folders; those that are missing are listed', async () => {
  const { name, bytes } = exportLabels('coco', [{ ...images[0], file: 'elsewhere\\面 1.png' } as LabeledImage], scheme)
  const { faces, missing } = await importLabels([{ path: name, bytes }], options)
  expect([...faces.keys()]).toEqual(['a/面 1.png'])
  expect(missing).toEqual([])
  const other = await importLabels([{ path: name, bytes }], { ...options, images: ['c.png'] })
  expect(other.missing).toEqual(['elsewhere\\面 1.png'])
})

test.each([
  ['no annotations', { path: 'a.csv', bytes: strToU8('') }, /no annotations.*a\.csv/s],
  ['broken JSON', { path: 'a.json', bytes: strToU8('{') }, /a\.json.*not valid JSON/s],
  ['a broken archive', { path: 'a.zip', bytes: strToU8('PK') }, /a\.zip.*cannot unpack/s],
  ['an archive of other files', { path: 'a.zip', bytes: zipSync({ 'a.png': strToU8('') }) }, /no annotations/],
])('%s: an error that names the file', async (_, file, message) => {
  await expect(importLabels([file], options)).rejects.toThrow(message)
})
