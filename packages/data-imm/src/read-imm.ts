import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { checkIndex, createSample, type Dataset, FacekpError, groupSplit, IMM_58, type Sample } from '@facekp/core'
import { type ReadOptions, readImage } from '@facekp/image/node'
import { type AsfShape, asfKeypoints, parseAsf } from './asf.ts'
import { type ImmName, parseImmFileName } from './file-name.ts'

/** A face of the database. */
export interface ImmRecord extends ImmName {
  /** Such as `01-1m`; the sample's id too. */
  readonly id: string
  readonly imagePath: string
  readonly asfPath: string
}

/** The database: samples in the order of their names, in RGB, with 58 points in sight. */
export interface ImmDataset extends Dataset {
  /** One a sample, in the same order. */
  readonly records: readonly ImmRecord[]
}

/**
 * Reads the IMM Face Database from a folder: every `.asf` at once, and each picture when its sample is asked for.
 *
 * Throws `IMM_FOLDER` (no such folder, or no `.asf` in it), `IMM_IMAGE_MISSING` (an `.asf` without its picture),
 * `IMM_ASF_MISSING` (a picture without its `.asf`), `IMM_POINT_COUNT` (not 58 points), `IMM_HOST_IMAGE` (the `.asf` names another
 * picture), what `parseAsf` and `parseImmFileName` throw, and from `get` what `readImage` throws.
 *
 * @param options as for `readImage`: the decoder, the limit on pixels, gray instead of RGB
 * @example
 * ```ts
 * const { train, validation } = splitImm(await readImm('imm_face_db'))
 * const { image, keypoints } = await train.get(0)
 * ```
 */
export async function readImm(folder: string, options: ReadOptions = {}): Promise<ImmDataset> {
  const files = await listFolder(folder)
  const asfFiles = files.filter((file) => /\.asf$/i.test(file)).sort()
  const pictures = new Set(files.filter((file) => /\.(jpe?g|png|bmp)$/i.test(file)))
  if (asfFiles.length === 0) {
    throw folderError(
      folder,
      'holds no .asf file',
      files.length === 0 ? 'an empty folder' : `${files.length} other files`,
    )
  }
  const faces = await Promise.all(asfFiles.map((file) => readFace(folder, file, pictures)))
  const named = new Set(faces.map(({ shape }) => shape.hostImage))
  const unnamed = [...pictures].find((file) => !named.has(file))
  if (unnamed) {
    throw new FacekpError({
      code: 'IMM_ASF_MISSING',
      file: join(folder, unnamed),
      problem: 'the picture has no .asf file with its points',
      expected: `${stem(unnamed)}.asf beside it`,
    })
  }
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
      return createSample({ id: record.id, image, keypoints: asfKeypoints(shape, image.width, image.height) })
    },
  }
}

/** The course's split by people: 1 to 32 to train on, 33 to 40 to validate. */
export function splitImm(dataset: ImmDataset): Record<'train' | 'validation', Dataset> {
  const people = dataset.records.map(({ person }) => person)
  return groupSplit(dataset, people, ['train', 'validation'], (person) => (person <= 32 ? 'train' : 'validation'))
}

interface Face {
  readonly record: ImmRecord
  readonly shape: AsfShape
}

async function readFace(folder: string, file: string, pictures: ReadonlySet<string>): Promise<Face> {
  const asfPath = join(folder, file)
  const id = stem(file)
  const name = parseImmFileName(asfPath)
  const text = await readFile(asfPath, 'utf8')
  const shape = parseAsf(text, asfPath)
  if (shape.points.length !== 2 * IMM_58.pointNames.length) {
    throw new FacekpError({
      code: 'IMM_POINT_COUNT',
      file: asfPath,
      problem: 'is not of the IMM Face Database',
      received: `${shape.points.length / 2} points`,
      expected: '58',
    })
  }
  if (stem(shape.hostImage) !== id) {
    throw new FacekpError({
      code: 'IMM_HOST_IMAGE',
      file: asfPath,
      line: lineOf(text, shape.hostImage),
      problem: 'the host image is not the picture of this file',
      received: shape.hostImage,
      expected: `${id}.jpg`,
    })
  }
  if (!pictures.has(shape.hostImage)) {
    throw new FacekpError({
      code: 'IMM_IMAGE_MISSING',
      file: asfPath,
      line: lineOf(text, shape.hostImage),
      problem: `the picture ${shape.hostImage} is not in the folder`,
      expected: join(folder, shape.hostImage),
    })
  }
  return { record: { id, ...name, imagePath: join(folder, shape.hostImage), asfPath }, shape }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'there is no such folder' : 'cannot be read as a folder'
    throw folderError(folder, problem, message, cause)
  }
}

function folderError(folder: string, problem: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'IMM_FOLDER',
    file: folder,
    problem,
    received,
    expected: 'the folder that holds 01-1m.jpg and 01-1m.asf to 40-6m.asf; fetchImm() downloads it',
    cause,
  })
}

function lineOf(text: string, hostImage: string): number {
  return text.split(/\r\n|\r|\n/).findIndex((line) => line.trim() === hostImage) + 1
}

function stem(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '')
}
