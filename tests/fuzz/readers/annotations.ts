import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createImage, IBUG_68, type KeypointScheme } from '@facekp/core'
import {
  type AnnotatedFace,
  type AnnotatedImage,
  serializeCoco,
  serializeCsv,
  serializeCvat,
  serializeImglab,
  serializeLabelme,
  serializeLabelStudio,
  serializePts,
  serializeWflw,
  serializeYoloPose,
  serializeYoloPoseConfig,
} from '@facekp/data-formats'
import { type AnnotatedDataset, readDataset, readYoloPose } from '@facekp/data-formats/node'
import { formatSubmission, parseFrames, parseSubmission } from '@facekp/data-ibug'
import { readImm } from '@facekp/data-imm/node'
import { encodeJpeg } from '@facekp/image'
import { formatAsf } from '../../../packages/data-imm/fixtures/imm-folder.ts'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const SCHEME: KeypointScheme = {
  name: 'three',
  pointNames: ['left eye', 'right eye', 'nose <"&>'],
  flipPairs: [[0, 1]],
  parts: [],
}

const SIZE = { width: 16, height: 12 }

const image = await encodeJpeg(createImage(new Uint8Array(16 * 12 * 3).fill(100), 16, 12, 3))

function createFace({ pointNames }: KeypointScheme, offset: number): AnnotatedFace {
  const points = pointNames.map((name, i) => ({
    name,
    x: offset + (i % 8),
    y: 1.5 + (i % 7),
    isVisible: i % 2 === 0,
  }))
  return { points, box: { left: offset, top: 1, width: 9, height: 8 } }
}

function createImages(scheme: KeypointScheme): AnnotatedImage[] {
  return [
    { file: 'a.jpg', ...SIZE, faces: [createFace(scheme, 1), createFace(scheme, 4.25)] },
    { file: 'b.jpg', ...SIZE, faces: [createFace(scheme, 2)] },
  ]
}

const IMAGES = createImages(SCHEME)

/** Checks a dataset as far as one can without knowing the mutation, and reads its samples. */
async function checkDataset({ scheme, records, get, length }: AnnotatedDataset): Promise<void> {
  assertValid(records.length === length, `${records.length} records of ${length} samples`)
  for (const { keypoints, visibility, box } of records) {
    assertValid(keypoints.length === 2 * scheme.pointNames.length, `${keypoints.length} coordinates`)
    assertValid(visibility.length === scheme.pointNames.length, `${visibility.length} visibilities`)
    assertValid(keypoints.every(Number.isFinite), 'coordinates that are not finite')
    assertValid(Object.values(box).every(Number.isFinite), 'a box that is not finite')
  }
  if (length > 0) await get(0)
}

/** Creates the reader of a list that lies beside its images. */
function createListReader(file: string, text: string | object, words: readonly string[] = []): FuzzReader {
  return {
    inputs: [Buffer.from(typeof text === 'string' ? text : JSON.stringify(text))],
    words: [...words, 'a.jpg', 'left eye'],
    async read(bytes, folder) {
      writeFileSync(join(folder, 'a.jpg'), image)
      writeFileSync(join(folder, 'b.jpg'), image)
      writeFileSync(join(folder, file), bytes)
      await checkDataset(await readDataset(join(folder, file)))
    },
  }
}

export const coco: FuzzReader = createListReader('list.json', serializeCoco(IMAGES, SCHEME))
export const labelme: FuzzReader = createListReader('a.json', serializeLabelme(IMAGES[0] as AnnotatedImage))
export const labelStudio: FuzzReader = createListReader('list.json', serializeLabelStudio(IMAGES))
export const csv: FuzzReader = createListReader('list.csv', serializeCsv(IMAGES, SCHEME), [
  'image,point,x,y\n',
  '""',
  ',"',
])
export const pts: FuzzReader = createListReader(
  'a.pts',
  serializePts((IMAGES[0] as AnnotatedImage).faces[0] as AnnotatedFace, SCHEME),
  ['n_points: ', 'version: 2'],
)

const XML_WORDS = [
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<!ENTITY a SYSTEM "file:///etc/passwd">',
  '&b;',
  '<![CDATA[',
  '<!--',
  '<?xml version="1.1" encoding="utf-16"?>',
]
export const cvat: FuzzReader = createListReader('list.xml', serializeCvat(IMAGES, SCHEME), [
  ...XML_WORDS,
  '<track id="0">',
])
export const imglab: FuzzReader = createListReader('list.xml', serializeImglab(IMAGES, SCHEME), [
  ...XML_WORDS,
  '<box>',
  '<part/>',
])

const wflwScheme: KeypointScheme = {
  ...SCHEME,
  name: 'wflw',
  pointNames: Array.from({ length: 98 }, (_, i) => String(i)),
  flipPairs: [],
}
export const wflw: FuzzReader = createListReader('list.txt', serializeWflw(createImages(wflwScheme), wflwScheme))

const yoloConfig = serializeYoloPoseConfig(SCHEME).replace(/^train:.*$/m, 'train: images')

/** Writes a folder of YOLO-pose with one of its two files changed. */
async function readYolo(
  folder: string,
  files: { readonly config?: Uint8Array; readonly labels?: Uint8Array },
): Promise<void> {
  for (const name of ['images', 'labels']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'images', 'a.jpg'), image)
  writeFileSync(join(folder, 'labels', 'a.txt'), files.labels ?? serializeYoloPose(IMAGES[0] as AnnotatedImage, SCHEME))
  writeFileSync(join(folder, 'data.yaml'), files.config ?? yoloConfig)
  await checkDataset(await readYoloPose(join(folder, 'data.yaml')))
}

export const yoloPoseConfig: FuzzReader = {
  inputs: [Buffer.from(yoloConfig)],
  words: ['&a ', '*a', '<<: *a', '!!js/function ', '!!binary ', '- ', '? ', '|\n', 'train: ../..', 'path: ..'],
  read: (config, folder) => readYolo(folder, { config }),
}

export const yoloPoseLabels: FuzzReader = {
  inputs: [Buffer.from(serializeYoloPose(IMAGES[0] as AnnotatedImage, SCHEME))],
  read: (labels, folder) => readYolo(folder, { labels }),
}

export const asf: FuzzReader = {
  inputs: [Buffer.from(formatAsf())],
  words: ['# ', '01-1m.jpg'],
  async read(bytes, folder) {
    writeFileSync(join(folder, '01-1m.jpg'), image)
    writeFileSync(join(folder, '01-1m.asf'), bytes)
    const { length, get } = await readImm(folder)
    const { keypoints } = await get(0)
    assertValid(length === 1 && keypoints.every(Number.isFinite), 'an invalid face')
  },
}

const framesText = 'file,offset_x,offset_y,scale_x,scale_y\na.jpg,1,2,0.5,0.5\nb.jpg,-3.5,0,1,2\n'
export const frames: FuzzReader = {
  inputs: [Buffer.from(framesText)],
  read: (bytes) => parseFrames(Buffer.from(bytes).toString()),
}

export const submission: FuzzReader = {
  inputs: [Buffer.from(formatSubmission([Float32Array.from({ length: 2 * IBUG_68.pointNames.length }, (_, i) => i)]))],
  read(bytes) {
    for (const points of parseSubmission(Buffer.from(bytes).toString())) {
      assertValid(points.every(Number.isFinite), 'coordinates that are not finite')
    }
  },
}
