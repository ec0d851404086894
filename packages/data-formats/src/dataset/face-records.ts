import {
  type Box,
  checkArgument,
  FacekpError,
  HIDDEN,
  type KeypointScheme,
  type Keypoints,
  NOT_LABELED,
  objectKind,
  optionalKind,
  VISIBLE,
  type Visibility,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { joinSome } from '@facekp/options'
import { ANNOTATIONS } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage, Annotations } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'
import { inferScheme } from '../schemes/infer-scheme.ts'
import { matchPoints, type PointMapping } from '../schemes/match-points.ts'
import { createFaceIds } from './face-ids.ts'
import type { ReadReport } from './read-report.ts'

const CREATE_FACE_RECORDS_OPTIONS = objectKind({
  file: KINDS.string,
  pointNames: optionalKind(KINDS.object),
})

/** One face of an annotation file, its points in the order of the scheme. */
export interface FaceRecord {
  /** Path of the image in the file, with `#2`, `#3` ... for its further faces: the id of the sample. */
  readonly id: string
  /** The image as the file states it. */
  readonly image: Omit<AnnotatedImage, 'faces'>
  /** Line of the face in the annotation file, from 1, if it has lines. */
  readonly line?: number | undefined
  /** From the file, or derived from the points. */
  readonly box: Box
  /** 2 N numbers; 0 for points that are not labeled. */
  readonly keypoints: Keypoints
  readonly visibility: Visibility
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

/** How the points of a file become those of a scheme. */
export interface SchemeOptions {
  /** The points to read, matched by name; `infer` (default) takes those of the file. */
  readonly scheme?: KeypointScheme | 'infer' | undefined
  /** Names in the file and the scheme's names for them, if they differ. */
  readonly pointNames?: Readonly<Record<string, string>> | undefined
}

/**
 * Turns annotations into one record per face, with the points of a scheme matched by name, and reports what was matched, missing and extra.
 * Ignored faces are counted and left out.
 *
 * @throws FacekpError `POINTS_UNMATCHED` if the points do not fit the scheme, `ANNOTATIONS_INVALID` if a face has a point twice
 */
export function createFaceRecords(
  annotations: Annotations,
  options: SchemeOptions & { readonly file: string },
): { readonly scheme: KeypointScheme; readonly records: readonly FaceRecord[]; readonly report: ReadReport } {
  checkArgument(ANNOTATIONS, annotations, 'annotations', 'createFaceRecords')
  checkArgument(CREATE_FACE_RECORDS_OPTIONS, options, 'options', 'createFaceRecords')
  const { scheme, recordsByImage, report } = createRecordsByImage(annotations, options)
  return { scheme, records: recordsByImage.flat(), report }
}

/** Creates the records of {@link createFaceRecords}, a list for each image. */
export function createRecordsByImage(
  annotations: Annotations,
  { scheme: wantedScheme = 'infer', pointNames, file }: SchemeOptions & { readonly file: string },
): {
  readonly scheme: KeypointScheme
  readonly recordsByImage: readonly (readonly FaceRecord[])[]
  readonly report: ReadReport
} {
  checkNames(annotations.pointNames, file)
  const inferred = wantedScheme === 'infer' ? inferScheme(annotations) : undefined
  const scheme = inferred?.scheme ?? (wantedScheme as KeypointScheme)
  const mapping = matchPoints(annotations.pointNames, scheme, { pointNames, file })
  const indices = indexPoints(mapping, scheme)
  const count = scheme.pointNames.length
  checkSize(annotations, count, file)
  const createId = createFaceIds()
  const recordsByImage = annotations.images.map(({ faces: imageFaces, ...image }) =>
    imageFaces
      .filter(({ ignored }) => !ignored)
      .map((face) => createRecord(face, { id: createId(image.file), image, indices, count, file })),
  )
  const records = recordsByImage.flat()
  const faces = annotations.images.flatMap((image) => image.faces)
  return {
    scheme,
    recordsByImage,
    report: {
      ...mapping,
      format: annotations.format,
      scheme: scheme.name,
      images: annotations.images.length,
      faces: records.length,
      imagesWithoutFaces: annotations.images.filter((image) => image.faces.length === 0).length,
      ignoredFaces: faces.length - records.length,
      missingImages: 0,
      derivedBoxes: faces.filter(({ box, ignored }) => !box && !ignored).length,
      warnings: [
        ...annotations.warnings,
        ...(inferred?.warnings ?? []),
        ...(inferred ? findRare(records, scheme) : []),
      ],
    },
  }
}

/** Throws if two points have the same name. */
function checkNames(pointNames: readonly string[], file: string): void {
  const names = new Set<string>()
  for (const name of pointNames) {
    if (names.has(name)) {
      throw new FacekpError({
        code: 'ANNOTATIONS_INVALID',
        file,
        problem: `two points are named ${name}`,
        expected: 'a name of its own for each point',
      })
    }
    names.add(name)
  }
}

/** Points that the records may have beside those that are labeled, and for each that is. */
const FREE_POINTS = 1_000_000
const POINTS_PER_LABEL = 100

/** Throws if nearly all points of the records would be unlabeled: each face of a small file may have points of its own. */
function checkSize({ images }: Annotations, count: number, file: string): void {
  let faces = 0
  let labels = 0
  for (const image of images) {
    faces += image.faces.length
    for (const { points } of image.faces) labels += points.length
  }
  if (faces * count <= FREE_POINTS + POINTS_PER_LABEL * labels) return
  throw new FacekpError({
    code: 'ANNOTATIONS_INVALID',
    file,
    problem: 'the faces have too few of the points',
    received: `${labels} labels for ${faces} faces of ${count} points`,
    expected: 'the same point names in all faces, or the option scheme',
  })
}

function indexPoints({ matches }: PointMapping, scheme: KeypointScheme): ReadonlyMap<string, number> {
  const positions = new Map(scheme.pointNames.map((name, index) => [name, index]))
  return new Map(
    matches.flatMap(({ fileName, schemePoint }) =>
      schemePoint === null ? [] : [[fileName, positions.get(schemePoint) as number] as const],
    ),
  )
}

function createRecord(
  face: AnnotatedFace,
  {
    id,
    image,
    indices,
    count,
    file,
  }: {
    readonly id: string
    readonly image: FaceRecord['image']
    readonly indices: ReadonlyMap<string, number>
    readonly count: number
    readonly file: string
  },
): FaceRecord {
  const keypoints = new Float32Array(2 * count)
  const visibility = new Uint8Array(count).fill(NOT_LABELED)
  for (const { name, x, y, isVisible } of face.points) {
    const point = indices.get(name)
    if (point === undefined) continue
    if (visibility[point] !== NOT_LABELED) throw repeatedError(name, image, { file, line: face.line ?? image.line })
    keypoints[2 * point] = x
    keypoints[2 * point + 1] = y
    visibility[point] = isVisible ? VISIBLE : HIDDEN
  }
  return { id, image, line: face.line, box: getBox(face), keypoints, visibility, attributes: face.attributes ?? {} }
}

/** Fewer faces say too little about which points are usual. */
const MIN_FACES = 3

/** Warns of points that one face alone has, as misspelled labels are. */
function findRare(records: readonly FaceRecord[], { pointNames }: KeypointScheme): string[] {
  if (records.length < MIN_FACES) return []
  const rare = pointNames.filter(
    (_, point) => records.filter(({ visibility }) => visibility[point] !== NOT_LABELED).length === 1,
  )
  return rare.length === 0 ? [] : [`labeled in one face only, perhaps misspelled: ${joinSome(rare)}`]
}

/** Points of one name in a face: perhaps those of two faces without groups. */
function repeatedError(
  name: string,
  image: FaceRecord['image'],
  { file, line }: { readonly file: string; readonly line: number | undefined },
): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_INVALID',
    file,
    line,
    problem: `image ${image.file}: a face has point ${name} more than once`,
    expected: 'each point once in a face; several faces need a group each, such as group_id of labelme',
  })
}
