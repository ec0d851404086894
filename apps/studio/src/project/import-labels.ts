import { FacekpError, type KeypointScheme, NOT_LABELED, VISIBLE } from '@facekp/core'
import {
  type Annotations,
  createFaceRecords,
  type FaceRecord,
  parseCoco,
  parseCvat,
  parseYoloPose,
  parseYoloPoseConfig,
} from '@facekp/data-formats'
import { joinSome } from '@facekp/options'
import { unzipSync } from 'fflate'
import { type FaceLabel, MISSING_POINT, type PointLabel } from './labels.ts'
import { matchImages } from './match-images.ts'
import { nameYoloLabels } from './name-yolo-labels.ts'

/** A file of annotations, or a zip of some. */
export interface AnnotationFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What is known of the images that annotations belong to. */
export interface ImportOptions {
  /** The points to read by name; `infer` takes those of the file. */
  readonly scheme: KeypointScheme | 'infer'
  /** Paths of the images. */
  readonly images: readonly string[]
  /** Returns the size of an image, in which YOLO-pose gives coordinates. */
  readonly getSize: (image: string) => Promise<{ readonly width: number; readonly height: number }>
}

export interface ImportedLabels {
  readonly scheme: KeypointScheme
  /** Confirmed faces by the paths of their images. */
  readonly faces: ReadonlyMap<string, readonly FaceLabel[]>
  /** Annotated images that are not among those of the project. */
  readonly missing: readonly string[]
  /** What was unclear in the file. */
  readonly warnings: readonly string[]
}

/** Annotations of more bytes than this are no text that a person made. */
const MAX_BYTES = 512 * 1024 * 1024

/**
 * Reads labels in the formats COCO, CVAT and YOLO-pose.
 *
 * @throws FacekpError of the parsers; `ANNOTATIONS_UNKNOWN`
 */
export async function importLabels(
  files: readonly AnnotationFile[],
  { scheme, images, getSize }: ImportOptions,
): Promise<ImportedLabels> {
  const unpacked = files.flatMap(unpack)
  const { annotations, file } = await parseAnnotations(unpacked, { images, getSize })
  const records = createFaceRecords(annotations, { scheme, file: file.path })
  const matches = matchImages(new Set(records.records.map(({ image }) => image.file)), images)
  const faces = new Map<string, FaceLabel[]>()
  const missing = new Set<string>()
  for (const record of records.records) {
    const image = matches.get(record.image.file)
    if (image === undefined) missing.add(record.image.file)
    else faces.set(image, [...(faces.get(image) ?? []), createLabels(record)])
  }
  const warnings = [...records.report.warnings, ...listUnread(unpacked, file)]
  return { scheme: records.scheme, faces, missing: [...missing], warnings }
}

/** Says which files of annotations were not read: all but one. */
function listUnread(files: readonly AnnotationFile[], file: AnnotationFile): string[] {
  const unread = files.filter((other) => other !== file && /\.(json|xml|ya?ml)$/i.test(other.path))
  if (unread.length === 0) return []
  const names = joinSome(unread.map(({ path }) => path))
  return [`Only ${file.path} was read, not ${names}: import one file of annotations after the other.`]
}

function unpack(file: AnnotationFile): AnnotationFile[] {
  if (!/\.zip$/i.test(file.path)) return [file]
  let size = 0
  try {
    const entries = unzipSync(file.bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith('/') || name.startsWith('__MACOSX/') || !/\.(json|xml|ya?ml|txt)$/i.test(name)) return false
        size += originalSize
        if (size > MAX_BYTES) throw new Error(`unpacks to more than ${MAX_BYTES} bytes`)
        return true
      },
    })
    return Object.entries(entries).map(([path, bytes]) => ({ path, bytes }))
  } catch (cause) {
    const received = (cause as Error).message
    const expected = 'a zip of annotations: COCO, CVAT or YOLO-pose'
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file: file.path,
      problem: 'cannot unpack the archive',
      expected,
      received,
      cause,
    })
  }
}

type ImageOptions = Pick<ImportOptions, 'images' | 'getSize'>

async function parseAnnotations(
  files: readonly AnnotationFile[],
  options: ImageOptions,
): Promise<{ readonly annotations: Annotations; readonly file: AnnotationFile }> {
  const yaml = files.find(({ path }) => /\.ya?ml$/i.test(path))
  if (yaml) return { annotations: await parseYolo(yaml, files, options), file: yaml }
  const json = files.find(({ path }) => /\.json$/i.test(path))
  if (json) return { annotations: parseCoco(parseJson(json), { file: json.path }), file: json }
  const xml = files.find(({ path }) => /\.xml$/i.test(path))
  if (xml) return { annotations: parseCvat(decode(xml), xml.path), file: xml }
  throw new FacekpError({
    code: 'ANNOTATIONS_UNKNOWN',
    problem: 'no annotations among these files',
    expected: 'the .json of COCO, the .xml of CVAT, or the data.yaml and the label files of YOLO-pose, also in a zip',
    received: files
      .slice(0, 4)
      .map(({ path }) => path)
      .join(', '),
  })
}

/** Label files have the names of their images. */
async function parseYolo(
  yaml: AnnotationFile,
  files: readonly AnnotationFile[],
  { images, getSize }: ImageOptions,
): Promise<Annotations> {
  const config = parseYoloPoseConfig(decode(yaml), yaml.path)
  const texts = new Map(files.filter(({ path }) => isLabelFile(path)).map((file) => [file.path, file]))
  const matches = matchImages(texts.keys(), images, nameYoloLabels)
  const labels = []
  for (const [path, image] of matches) {
    const text = decode(texts.get(path) as AnnotationFile)
    labels.push({ file: image, ...(await getSize(image)), text, labelFile: path })
  }
  const unmatched = [...texts.keys()].filter((path) => !matches.has(path))
  const warnings =
    unmatched.length > 0 ? [`${yaml.path}: no image, or more than one, for the labels ${joinSome(unmatched)}`] : []
  return { ...parseYoloPose(config, labels), warnings }
}

/** Tests whether a file holds the labels of an image; `classes.txt` lists the names of classes. */
function isLabelFile(path: string): boolean {
  return /\.txt$/i.test(path) && !/(^|\/)classes\.txt$/i.test(path)
}

function createLabels({ box, keypoints, visibility }: FaceRecord): FaceLabel {
  const points = Array.from(visibility, (value, index): PointLabel => {
    if (value === NOT_LABELED) return MISSING_POINT
    const state = value === VISIBLE ? 'corrected' : 'hidden'
    return { x: keypoints[2 * index] as number, y: keypoints[2 * index + 1] as number, state }
  })
  return { box, points, isConfirmed: true }
}

function parseJson(file: AnnotationFile): unknown {
  try {
    return JSON.parse(decode(file))
  } catch (cause) {
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file: file.path,
      problem: 'not valid JSON',
      received: (cause as Error).message,
      cause,
    })
  }
}

function decode({ bytes }: AnnotationFile): string {
  return new TextDecoder().decode(bytes)
}
