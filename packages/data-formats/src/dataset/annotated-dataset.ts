import {
  checkIndex,
  composeAffine,
  createSample,
  cropAndResize,
  type Dataset,
  FacekpError,
  IDENTITY,
  type Image,
  invert,
  mapBox,
  mapKeypoints,
  type Sample,
} from '@facekp/core'
import { type ReadOptions, readCrop, readImage } from '@facekp/image/node'
import type { Annotations } from '../annotations/annotations.ts'
import { checkCrop, cropAround, type FaceCrop } from './face-crop.ts'
import { createFaceRecords, type FaceRecord, type SchemeOptions } from './face-records.ts'
import { createImageFinder } from './find-image.ts'
import type { ReadReport } from './read-report.ts'

/** A face of a file of annotations and where its image lies. */
export interface AnnotatedRecord extends FaceRecord {
  readonly imagePath: string
}

/** Faces from a file of annotations, in its order. */
export interface AnnotatedDataset extends Dataset {
  /** One per sample, in the same order. */
  readonly records: readonly AnnotatedRecord[]
  /** How points were matched, what was left out, what is doubtful. */
  readonly report: ReadReport
}

/** What every reader of annotations takes. */
export interface AnnotationReadOptions extends ReadOptions, SchemeOptions {
  /** Folder of the images; default: the folder of the annotations, from which paths in the file start. */
  readonly images?: string | undefined
  /** What to crop around each face; without it samples have the whole image. */
  readonly crop?: FaceCrop | undefined
}

/** Where annotations come from. */
export interface AnnotationSource {
  /** File or folder, for errors. */
  readonly file: string
  /** Folder that paths of images start from. */
  readonly folder: string
}

/**
 * Makes a dataset of annotations: finds every image, matches the points with the scheme, and reads images when their samples are asked for.
 *
 * @throws FacekpError `POINTS_UNMATCHED`, `IMAGE_PATH`, `IMAGE_MISSING`, `CROP_OPTIONS`; from `get` what `readImage` throws, and `ANNOTATIONS_SIZE` if
 * the file states another size than the image has
 */
export async function createAnnotatedDataset(
  annotations: Annotations,
  { scheme, pointNames, images, crop, ...readOptions }: AnnotationReadOptions,
  { file, folder }: AnnotationSource,
): Promise<AnnotatedDataset> {
  const checkedCrop = crop && checkCrop(crop)
  const faces = createFaceRecords(annotations, { scheme, pointNames, file })
  const findImage = createImageFinder({ list: file, root: images ?? folder, acceptsSuffixes: images !== undefined })
  const paths = new Map<string, string>()
  for (const image of annotations.images) paths.set(image.file, await findImage(image))
  const records = faces.records.map((record) => ({ ...record, imagePath: paths.get(record.image.file) as string }))
  return {
    length: records.length,
    scheme: faces.scheme,
    records,
    report: faces.report,
    async get(index, signal): Promise<Sample> {
      signal?.throwIfAborted()
      checkIndex(index, records.length)
      const record = records[index] as AnnotatedRecord
      const { id, imagePath, keypoints, visibility, box } = record
      if (!checkedCrop) {
        const image = await readImage(imagePath, readOptions)
        signal?.throwIfAborted()
        checkSize(record, image, file)
        return createSample({ id, image, keypoints, visibility, box, toSource: IDENTITY })
      }
      const region = cropAround(box, checkedCrop)
      const image = await readCrop(imagePath, region, readOptions)
      signal?.throwIfAborted()
      const map = cropAndResize(region.box, region.width, region.height)
      return createSample({
        id,
        image,
        keypoints: mapKeypoints(map, keypoints),
        visibility,
        box: mapBox(map, box),
        toSource: composeAffine(invert(map), IDENTITY),
      })
    },
  }
}

/** Throws if the annotations state another size than the image has: points would land elsewhere. */
function checkSize({ image: { width, height, file, line } }: AnnotatedRecord, image: Image, list: string): void {
  if (width === undefined || height === undefined) return
  if (width === image.width && height === image.height) return
  const isTurned = width === image.height && height === image.width
  throw new FacekpError({
    code: 'ANNOTATIONS_SIZE',
    file: list,
    line,
    problem: `image ${file} has another size than the annotations state`,
    received: `${image.width} x ${image.height}`,
    expected: isTurned
      ? `${width} x ${height}: its EXIF orientation turns it; if the points were placed on the unturned image, pass orientation: 'ignore'`
      : `${width} x ${height}`,
  })
}
