import { basename, extname, join } from 'node:path'
import { checkArgument, FacekpError, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { joinSome } from '@facekp/options'
import type { AnnotationFormat } from '../annotations/annotations.ts'
import { parseJson } from '../annotations/parse-json.ts'
import { recognizeJson } from '../annotations/recognize-json.ts'
import { readCoco } from '../coco/read-coco.ts'
import { readCsv } from '../csv/read-csv.ts'
import { readCvat } from '../cvat/read-cvat.ts'
import { readImglab } from '../imglab/read-imglab.ts'
import { readLabelStudio } from '../label-studio/read-label-studio.ts'
import { readLabelme } from '../labelme/read-labelme.ts'
import { readPts } from '../pts/read-pts.ts'
import { readWflw } from '../wflw/read-wflw.ts'
import { type ReadYoloPoseOptions, readYoloPose } from '../yolo-pose/read-yolo-pose.ts'
import type { AnnotatedDataset, AnnotationReadOptions } from './annotated-dataset.ts'
import { isFolder, listNames, readText } from './read-text.ts'

const READERS: Readonly<
  Record<AnnotationFormat, (path: string, options: AnnotationReadOptions) => Promise<AnnotatedDataset>>
> = {
  coco: readCoco,
  'yolo-pose': readYoloPose,
  cvat: readCvat,
  labelme: readLabelme,
  'label-studio': readLabelStudio,
  imglab: readImglab,
  pts: readPts,
  wflw: readWflw,
  csv: readCsv,
}

/** What every reader takes, and what the reader of the format takes: `category`, `labeledAs`, `split`, `firstPixel`, `delimiter`. */
export type ReadDatasetOptions = NonNullable<Parameters<typeof readCoco>[1]> &
  ReadYoloPoseOptions &
  NonNullable<Parameters<typeof readCsv>[1]>

/**
 * Reads annotations of any format, recognized by content: a file, or a folder that holds one kind of them, itself or in `annotations`.
 *
 * @throws FacekpError `ANNOTATIONS_UNKNOWN` if the format is not recognized, `ANNOTATIONS_SEVERAL` if a folder holds several lists or kinds of labels, and what the reader of the format throws
 * @example
 * ```ts no-run
 * import { readDataset } from '@facekp/data-formats/node'
 *
 * const faces = await readDataset('annotations/person_keypoints.json', { images: 'images' })
 * console.log(faces.length, faces.report.matches)
 * ```
 */
export async function readDataset(path: string, options: ReadDatasetOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readDataset')
  checkArgument(KINDS.object, options, 'options', 'readDataset')
  const { format, path: file } = await recognizeFormat(path)
  return READERS[format](file, options)
}

interface Recognized {
  readonly format: AnnotationFormat
  /** The file to read, if the path was a folder that holds one. */
  readonly path: string
}

/** Labels in a folder, and the name of the file in which their format was recognized. */
interface FolderLabels extends Recognized {
  readonly name: string
}

/** Recognizes the format of a file or folder of annotations. */
export async function recognizeFormat(path: string): Promise<Recognized> {
  checkArgument(KINDS.path, path, 'path', 'recognizeFormat')
  if (await isFolder(path)) return recognizeFolder(path)
  const text = await readText(path)
  const format = recognizeText(text, path)
  if (format) return { format, path }
  throw unknownError(path)
}

async function recognizeFolder(folder: string): Promise<Recognized> {
  const names = await listNames(folder)
  const damaged: FacekpError[] = []
  const labels: FolderLabels[] = []
  const pts = names.find((name) => /\.pts$/i.test(name))
  if (pts !== undefined) labels.push({ format: 'pts', path: folder, name: pts })
  // Tables beside .pts are ignored.
  const lists = pts === undefined ? /\.(ya?ml|json|xml|csv|tsv)$/i : /\.(ya?ml|json|xml)$/i
  for (const name of names.filter((other) => lists.test(other))) {
    // Of labelme there may be thousands of files, and other JSON beside them is refused by its reader.
    if (/\.json$/i.test(name) && labels.some(({ format }) => format === 'labelme')) continue
    const path = join(folder, name)
    const format = await recognizeFile(path, damaged)
    if (format) labels.push({ format, path: format === 'labelme' ? folder : path, name })
  }
  // A table beside labels of one image each may contain anything.
  const hasImageFiles = labels.some(({ path }) => path === folder)
  const [first, ...others] = hasImageFiles ? labels.filter(({ format }) => format !== 'csv') : labels
  if (first && others.length > 0) throw severalError(folder, [first, ...others])
  if (first) return { format: first.format, path: first.path }
  if (names.includes('annotations')) return recognizeFormat(join(folder, 'annotations'))
  throw damaged[0] ?? unknownError(folder, names.length === 0 ? 'an empty folder' : `a folder of ${joinSome(names)}`)
}

/** Recognizes the format of a file in a folder; a damaged or unreadable one has none, and its error is added to `damaged`. */
async function recognizeFile(path: string, damaged: FacekpError[]): Promise<AnnotationFormat | undefined> {
  try {
    return recognizeText(await readText(path), path)
  } catch (error) {
    if (!isFacekpError(error, 'ANNOTATIONS_INVALID') && !isFacekpError(error, 'ANNOTATIONS_NOT_READ')) throw error
    damaged.push(error)
    return undefined
  }
}

function recognizeText(text: string, path: string): AnnotationFormat | undefined {
  const start = text.replace(/^\uFEFF/, '').trimStart()
  if (start === '') {
    throw new FacekpError({ code: 'ANNOTATIONS_INVALID', file: path, problem: 'the file of annotations is empty' })
  }
  if (start.startsWith('{') || start.startsWith('[')) return recognizeJson(parseJson(text, path))
  if (start.startsWith('<')) return recognizeXml(start)
  const [firstLine = ''] = start.split(/\r\n|\r|\n/, 1)
  if (/^(version|n_points)\s*:|^\{$/i.test(firstLine) || extname(path).toLowerCase() === '.pts') return 'pts'
  if (/^kpt_shape\s*:/m.test(text)) return 'yolo-pose'
  if (firstLine.trim().split(/\s+/).length >= 207) return 'wflw'
  if (/[,;\t|]/.test(firstLine) && /\.(csv|tsv|txt)$/i.test(basename(path))) return 'csv'
  return undefined
}

function recognizeXml(text: string): AnnotationFormat | undefined {
  if (/<dataset[\s>]/.test(text)) return 'imglab'
  return /<annotations[\s>]/.test(text) ? 'cvat' : undefined
}

function unknownError(file: string, received?: string): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_UNKNOWN',
    file,
    problem: 'the format of the annotations is not recognized',
    received,
    expected: `${Object.keys(READERS).join(', ')}; or call the reader of your format, such as readCoco`,
  })
}

function severalError(folder: string, labels: readonly FolderLabels[]): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_SEVERAL',
    file: folder,
    problem: 'the folder contains several annotation files',
    received: joinSome(labels.map(({ name, format }) => `${name} (${format})`)),
    expected: 'the path of one of them, or a folder of one kind: .pts, labelme, or a single list',
  })
}
