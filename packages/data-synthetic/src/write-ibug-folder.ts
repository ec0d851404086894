import { boundingBox, type Dataset, IBUG_68, type Sample } from '@facekp/core'
import { type NewFile, writeNewFolder } from '@facekp/files'
import { encodeJpeg } from '@facekp/image'
import * as z from 'zod/mini'
import { parseOptions, seedSchema, sizeSchema } from './options.ts'
import { syntheticFaces } from './synthetic-faces.ts'

const schema = z.strictObject({
  seed: seedSchema,
  train: z._default(z.int().check(z.positive()), 100),
  test: z._default(z.int().check(z.positive()), 20),
  ...sizeSchema,
})

export interface WriteIbugOptions {
  readonly seed: number
  /** Number of training faces; default 100. */
  readonly train?: number
  /** Number of test faces; default 20. */
  readonly test?: number
  /** Width of the images in pixels, 32 to 8192; default 640. */
  readonly width?: number
  /** Height of the images in pixels, 32 to 8192; default 480. */
  readonly height?: number
}

const TRAIN_FOLDERS = ['afw', 'helen/trainset', 'lfpw/trainset']
const TEST_FOLDERS = ['helen/testset', 'lfpw/testset']

/**
 * Writes synthetic faces with 68 points in the layout of dlib's `ibug_300W_large_face_landmark_dataset`: images below `afw`, `helen`
 * and `lfpw`, a `.pts` file (1-based) beside each, and two `labels_ibug_300W_*.xml` lists (0-based, whole pixels).
 *
 * @param folder new or empty
 * @throws FacekpError `SYNTHETIC_OPTIONS`; `SYNTHETIC_FOLDER` if the folder is not empty or cannot be written
 * @example
 * ```ts
 * await writeIbugFolder('synthetic-ibug', { seed: 1, train: 200, test: 40 })
 * ```
 */
export async function writeIbugFolder(folder: string, options: WriteIbugOptions): Promise<void> {
  const { seed, train, test, width, height } = parseOptions(schema, options)
  const faces = syntheticFaces({ seed, count: train + test, scheme: IBUG_68, width, height })
  async function* createFiles(): AsyncGenerator<NewFile> {
    yield* createPart(faces, { name: 'train', from: 0, to: train, folders: TRAIN_FOLDERS })
    yield* createPart(faces, { name: 'test', from: train, to: train + test, folders: TEST_FOLDERS })
  }
  await writeNewFolder(folder, createFiles(), 'SYNTHETIC_FOLDER')
}

interface Part {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly folders: readonly string[]
}

async function* createPart(faces: Dataset, { name, from, to, folders }: Part): AsyncGenerator<NewFile> {
  const entries: string[] = []
  for (let index = from; index < to; index++) {
    const sample = await faces.get(index)
    const path = `${folders[index % folders.length]}/${sample.id}`
    yield { path: `${path}.jpg`, content: await encodeJpeg(sample.image) }
    yield { path: `${path}.pts`, content: formatPts(sample) }
    entries.push(formatXmlEntry(`${path}.jpg`, sample))
  }
  yield { path: `labels_ibug_300W_${name}.xml`, content: formatXmlList(entries) }
}

/** Formats a `.pts` file, which counts pixels from 1. */
function formatPts({ keypoints }: Sample): string {
  const lines = IBUG_68.pointNames.map((_, point) =>
    [0, 1].map((axis) => ((keypoints[2 * point + axis] as number) + 1).toFixed(6)).join(' '),
  )
  return ['version: 1', 'n_points:  68', '{', ...lines, '}', ''].join('\n')
}

function formatXmlEntry(file: string, { keypoints, image }: Sample): string {
  const rounded = keypoints.map((value) => Math.round(value))
  const { top, left, width, height } = boundingBox(rounded)
  const parts = IBUG_68.pointNames.map(
    (_, point) =>
      `      <part name='${String(point).padStart(2, '0')}' x='${rounded[2 * point]}' y='${rounded[2 * point + 1]}'/>`,
  )
  const edges = `top='${Math.floor(top)}' left='${Math.floor(left)}' width='${Math.ceil(width)}' height='${Math.ceil(height)}'`
  return [
    `  <image file='${file}' width='${image.width}' height='${image.height}'>`,
    `    <box ${edges}>`,
    ...parts,
    '    </box>',
    '  </image>',
  ].join('\n')
}

function formatXmlList(entries: readonly string[]): string {
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
