import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  checkArgument,
  checkIndex,
  createSample,
  type Dataset,
  FacekpError,
  groupSplit,
  IMM_58,
  listKind,
  objectKind,
  type Sample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { isSystemFile, readText } from '@facekp/files'
import { type ReadOptions, readImage } from '@facekp/image/node'
import { joinSome } from '@facekp/options'
import { type AsfShape, asfToKeypoints, parseAsf } from './asf.ts'
import { type ImmFileName, parseImmFileName } from './file-name.ts'

const SPLIT_IMM_DATASET = objectKind({ records: listKind(KINDS.object) })

/** A face of the database. */
export interface ImmRecord extends ImmFileName {
  /** Such as `01-1m`; also the id of the sample. */
  readonly id: string
  readonly imagePath: string
  readonly asfPath: string
}

/** The database: samples in the order of their names, with 58 visible points. */
export interface ImmDataset extends Dataset {
  /** One per sample, in the same order. */
  readonly records: readonly ImmRecord[]
}

/**
 * Reads the IMM Face Database from a folder: all `.asf` files immediately, each image when its sample is read.
 *
 * @param options as for `readImage`: decoder, pixel limit, `channels` (1 gray, 3 RGB; default 3)
 * @throws FacekpError `IMM_FOLDER` (no folder, no `.asf` file in it, or one that cannot be read); `IMM_IMAGE_MISSING` (an `.asf` without image);
 *   `IMM_ASF_MISSING` (an image without `.asf`); `IMM_POINT_COUNT` (not 58 points); `IMM_HOST_IMAGE` (the `.asf` names another
 *   image); the errors of `parseAsf` and `parseImmFileName`; from `get`, the errors of `readImage`
 * @example
 * ```ts
 * const { train, validation } = splitImm(await readImm('imm_face_db'))
 * const { image, keypoints } = await train.get(0)
 * ```
 */
export async function readImm(folder: string, options: ReadOptions = {}): Promise<ImmDataset> {
  checkArgument(KINDS.path, folder, 'folder', 'readImm')
  checkArgument(KINDS.object, options, 'options', 'readImm')
  const files = await listFolder(folder)
  const asfFiles = files.filter((file) => /\.asf$/i.test(file)).sort()
  if (asfFiles.length === 0) {
    const received =
      files.length === 0 ? 'an empty folder' : `${files.length} other ${files.length === 1 ? 'file' : 'files'}`
    throw folderError(folder, { problem: 'no .asf file in the folder', received })
  }
  const images = new Set(files.filter((file) => /\.(jpe?g|png|bmp)$/i.test(file)))
  const faces = await Promise.all(asfFiles.map((file) => readFace(folder, file)))
  checkEveryShapeHasImage(folder, images, faces)
  checkEveryImageHasShape(folder, images, faces)
  return {
    length: faces.length,
    scheme: IMM_58,
    records: faces.map(({ record }) => record),
    async get(index, signal): Promise<Sample> {
      signal?.throwIfAborted()
      checkIndex(index, faces.length)
      const { record, shape } = faces[index] as Face
      const image = await readImage(record.imagePath, options)
      signal?.throwIfAborted()
      return createSample({ id: record.id, image, keypoints: asfToKeypoints(shape, image.width, image.height) })
    },
  }
}

/** Splits the database by person, as the course does: 1 to 32 for training, 33 to 40 for validation. */
export function splitImm(dataset: ImmDataset): Record<'train' | 'validation', Dataset> {
  checkArgument(SPLIT_IMM_DATASET, dataset, 'dataset', 'splitImm')
  const people = dataset.records.map(({ person }) => person)
  return groupSplit(dataset, people, ['train', 'validation'], (person) => (person <= 32 ? 'train' : 'validation'))
}

interface Face {
  readonly record: ImmRecord
  readonly shape: AsfShape
  /** Line of the host image in the `.asf` file. */
  readonly hostLine: number
}

const UNREAD = { code: 'IMM_FOLDER', kind: '.asf file', expected: 'a file that may be read' }

async function readFace(folder: string, file: string): Promise<Face> {
  const asfPath = join(folder, file)
  const id = removeExtension(file)
  const name = parseImmFileName(asfPath)
  const text = await readText(asfPath, UNREAD)
  const shape = parseAsf(text, asfPath)
  const { hostImage } = shape
  if (shape.points.length !== 2 * IMM_58.pointNames.length) {
    throw new FacekpError({
      code: 'IMM_POINT_COUNT',
      file: asfPath,
      problem: 'not a file of the IMM Face Database',
      received: `${shape.points.length / 2} points`,
      expected: '58',
    })
  }
  const hostLine = text.split(/\r\n|\r|\n/).findIndex((line) => line.trim() === hostImage) + 1
  if (removeExtension(hostImage) !== id) {
    throw new FacekpError({
      code: 'IMM_HOST_IMAGE',
      file: asfPath,
      line: hostLine,
      problem: 'the host image belongs to another file',
      received: hostImage,
      expected: `${id}.jpg`,
    })
  }
  return { record: { id, ...name, imagePath: join(folder, hostImage), asfPath }, shape, hostLine }
}

function checkEveryShapeHasImage(folder: string, images: ReadonlySet<string>, faces: readonly Face[]): void {
  const missing = faces.filter(({ shape }) => !images.has(shape.hostImage))
  const [first] = missing
  if (!first) return
  throw new FacekpError({
    code: 'IMM_IMAGE_MISSING',
    file: first.record.asfPath,
    line: first.hostLine,
    problem: `${missing.length} of ${faces.length} images are missing: ${joinSome(missing.map(({ shape }) => shape.hostImage))}`,
    expected: `them in ${folder}`,
  })
}

function checkEveryImageHasShape(folder: string, images: ReadonlySet<string>, faces: readonly Face[]): void {
  const hostImages = new Set(faces.map(({ shape }) => shape.hostImage))
  const unlabeled = [...images].filter((file) => !hostImages.has(file)).sort()
  const [first] = unlabeled
  if (first === undefined) return
  throw new FacekpError({
    code: 'IMM_ASF_MISSING',
    file: join(folder, first),
    problem: `${unlabeled.length} of ${images.size} images have no .asf file: ${joinSome(unlabeled)}`,
    expected: `${removeExtension(first)}.asf beside it`,
  })
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.filter((name) => !isSystemFile(name))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'the folder does not exist' : 'cannot read the folder'
    throw folderError(folder, { problem, received: message, cause })
  }
}

function folderError(
  folder: string,
  details: { readonly problem: string; readonly received: string; readonly cause?: unknown },
): FacekpError {
  return new FacekpError({
    code: 'IMM_FOLDER',
    file: folder,
    expected: 'the folder that holds 01-1m.jpg and 01-1m.asf to 40-6m.asf; fetchImm() downloads it',
    ...details,
  })
}

function removeExtension(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '')
}
