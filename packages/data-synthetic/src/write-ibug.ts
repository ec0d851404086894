import { boundingBox, IBUG_68, type Sample } from '@facekp/core'
import { encodeJpeg } from '@facekp/image'
import { z } from 'zod'
import { checkOptions, seedSchema, sizeSchema } from './options.ts'
import { syntheticFaces } from './synthetic-faces.ts'
import { type FolderFile, writeFolder } from './write-folder.ts'

const schema = z.object({
  seed: seedSchema,
  train: z.int().positive().default(100),
  test: z.int().positive().default(20),
  ...sizeSchema,
})

export interface WriteIbugOptions {
  readonly seed: number
  /** How many faces to train on and to test on; default 100 and 20. */
  readonly train?: number
  readonly test?: number
  readonly width?: number
  readonly height?: number
}

const TRAIN_FOLDERS = ['afw', 'helen/trainset', 'lfpw/trainset']
const TEST_FOLDERS = ['helen/testset', 'lfpw/testset']

/**
 * Writes drawn faces with 68 points as dlib's `ibug_300W_large_face_landmark_dataset` lies on a disk: pictures below `afw`,
 * `helen` and `lfpw` with a `.pts` beside each (1-based), and the two `labels_ibug_300W_*.xml` (0-based, whole pixels).
 * Throws `SYNTHETIC_OPTIONS`, and `SYNTHETIC_FOLDER` where the folder is there and not empty or cannot be written.
 */
export async function writeIbugFolder(folder: string, options: WriteIbugOptions): Promise<void> {
  const { seed, train, test, width, height } = checkOptions(schema, options)
  const faces = syntheticFaces({ seed, count: train + test, scheme: IBUG_68, width, height })
  async function* files(): AsyncGenerator<FolderFile> {
    for (const [set, from, count, folders] of [
      ['train', 0, train, TRAIN_FOLDERS],
      ['test', train, test, TEST_FOLDERS],
    ] as const) {
      const entries: string[] = []
      for (let index = from; index < from + count; index++) {
        const sample = await faces.get(index)
        const path = `${folders[index % folders.length]}/${sample.id}`
        yield [`${path}.jpg`, await encodeJpeg(sample.image)]
        yield [`${path}.pts`, ptsOf(sample)]
        entries.push(xmlOf(`${path}.jpg`, sample))
      }
      yield [`labels_ibug_300W_${set}.xml`, documentOf(entries)]
    }
  }
  await writeFolder(folder, files())
}

/** iBUG counts pixels from 1. */
function ptsOf({ keypoints }: Sample): string {
  const lines = IBUG_68.pointNames.map((_, point) =>
    [0, 1].map((axis) => ((keypoints[2 * point + axis] as number) + 1).toFixed(6)).join(' '),
  )
  return ['version: 1', 'n_points:  68', '{', ...lines, '}', ''].join('\n')
}

function xmlOf(file: string, { keypoints, image }: Sample): string {
  const whole = keypoints.map((value) => Math.round(value))
  const box = boundingBox(whole)
  const parts = IBUG_68.pointNames.map(
    (_, point) =>
      `      <part name='${String(point).padStart(2, '0')}' x='${whole[2 * point]}' y='${whole[2 * point + 1]}'/>`,
  )
  const sides = `top='${Math.floor(box.top)}' left='${Math.floor(box.left)}' width='${Math.ceil(box.width)}' height='${Math.ceil(box.height)}'`
  return [
    `  <image file='${file}' width='${image.width}' height='${image.height}'>`,
    `    <box ${sides}>`,
    ...parts,
    '    </box>',
    '  </image>',
  ].join('\n')
}

function documentOf(entries: readonly string[]): string {
  return [
    "<?xml version='1.0' encoding='ISO-8859-1'?>",
    '<dataset>',
    '<name>drawn faces</name>',
    '<comment>Drawn by @facekp/data-synthetic, laid out as the iBUG 300-W data set of dlib.</comment>',
    '<images>',
    ...entries,
    '</images>',
    '</dataset>',
    '',
  ].join('\n')
}
