import {
  checkIndex,
  createSample,
  cropAndResize,
  type Dataset,
  FacekpError,
  invert,
  mapBox,
  mapKeypoints,
  type Sample,
} from '@facekp/core'
import { type ReadOptions, readCrop, readImage, readImageSize } from '@facekp/image/node'
import { formatCount, joinSome, parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { AnnotatedFace, AnnotatedImage, Annotations } from '../annotations/annotations.ts'
import { computeCrop, type FaceCrop, faceCropSchema, type ResolvedCrop } from './face-crop.ts'
import { createFaceIds } from './face-ids.ts'
import { createRecordsByImage, type FaceRecord, type SchemeOptions } from './face-records.ts'
import type { ImagePlace } from './find-image.ts'
import { locateImages } from './locate-images.ts'
import type { ReadReport } from './read-report.ts'

/** A face of an annotation file, and the path of its image. */
export interface AnnotatedRecord extends FaceRecord {
  /** Path of the image; with `missingImages: 'keep'` also of a missing one. */
  readonly imagePath: string
}

/** An image of an annotation file, and its faces that are no samples. */
export interface ListedImage extends Omit<AnnotatedImage, 'faces'> {
  /** Path of the image; with `missingImages: 'keep'` also of a missing one. */
  readonly imagePath: string
  readonly ignoredFaces: readonly AnnotatedFace[]
}

/** Faces from an annotation file, in its order. */
export interface AnnotatedDataset extends Dataset {
  /** One per sample, in the same order. */
  readonly records: readonly AnnotatedRecord[]
  /** All images of the file in its order, also those without faces. */
  readonly images: readonly ListedImage[]
  /** How points were matched, what was skipped, and warnings. */
  readonly report: ReadReport
  /** How its images are read: channels, orientation, largest size. */
  readonly readOptions: ReadOptions
  /** Whether samples are crops around their faces. */
  readonly isCropped: boolean
}

/** What every reader of annotations takes. */
export interface AnnotationReadOptions extends ReadOptions, SchemeOptions {
  /** Folder of the images; default: the folder of the annotations. Paths in the file are relative to it. */
  readonly images?: string | undefined
  /** What to crop around each face; without it samples have the whole image. */
  readonly crop?: FaceCrop | undefined
  /**
   * What to do about images that do not exist: `error` (default) throws one error about all of them; `keep` reads the others, and `get` of
   * a face without image throws, so that `checkDataset` lists them.
   */
  readonly missingImages?: 'error' | 'keep' | undefined
}

/** Source of annotations. */
export interface AnnotationSource {
  /** File or folder, for errors. */
  readonly file: string
  /** Folder that paths of images start from. */
  readonly folder: string
}

const isScheme = (value: unknown): boolean =>
  value === 'infer' || Array.isArray((value as { pointNames?: unknown } | null)?.pointNames)

const optionsSchema = z.strictObject({
  scheme: z.optional(
    z.custom<SchemeOptions['scheme']>(isScheme, "a scheme such as IBUG_68 or of defineScheme, or 'infer'"),
  ),
  pointNames: z.optional(z.record(z.string(), z.string())),
  images: z.optional(z.string()),
  crop: z.optional(faceCropSchema),
  missingImages: z._default(z.enum(['error', 'keep']), 'error'),
  // Checked by readImage.
  channels: z.exactOptional(z.custom<NonNullable<ReadOptions['channels']>>()),
  decoder: z.exactOptional(z.custom<NonNullable<ReadOptions['decoder']>>()),
  maxPixels: z.exactOptional(z.custom<NonNullable<ReadOptions['maxPixels']>>()),
  orientation: z.exactOptional(z.custom<NonNullable<ReadOptions['orientation']>>()),
})

/**
 * Makes a dataset of annotations: finds every image, matches the points with the scheme, and reads images when their samples are asked for.
 *
 * @throws FacekpError `READ_OPTIONS`, `POINTS_UNMATCHED`, `IMAGE_PATH`, `IMAGE_MISSING`; from `get` what `readImage` throws, and `ANNOTATIONS_SIZE`
 * if the file states another size than the image has
 */
export async function createAnnotatedDataset(
  annotations: Annotations,
  options: AnnotationReadOptions,
  { file, folder }: AnnotationSource,
): Promise<AnnotatedDataset> {
  const settings = parseOptions({ schema: optionsSchema, value: options, code: 'READ_OPTIONS' })
  const { scheme, pointNames, images, crop, missingImages, ...readOptions } = settings
  const faces = createRecordsByImage(annotations, { scheme, pointNames, file })
  const { places, missing } = await locateImages(annotations.images, {
    list: file,
    root: images ?? folder,
    acceptsSuffixes: images !== undefined,
    missingImages,
  })
  const createId = createFaceIds()
  const records = faces.recordsByImage.flatMap((imageRecords, index) => {
    const place = places[index] as ImagePlace
    return imageRecords.map((record) => placeRecord(record, place, createId(place.file)))
  })
  const checkSize = createSizeCheck(file, readOptions)
  return {
    length: records.length,
    scheme: faces.scheme,
    records,
    images: annotations.images.map(({ faces: imageFaces, ...image }, index) => ({
      ...image,
      ...(places[index] as ImagePlace),
      ignoredFaces: imageFaces.filter(({ ignored }) => ignored),
    })),
    report: {
      ...faces.report,
      missingImages: missing.size,
      warnings: [...faces.report.warnings, ...findShared(annotations.images, places)],
    },
    readOptions,
    isCropped: crop !== undefined,
    async get(index, signal): Promise<Sample> {
      signal?.throwIfAborted()
      checkIndex(index, records.length)
      const record = records[index] as AnnotatedRecord
      const missingError = missing.get(record.image.file)
      if (missingError) throw missingError
      const sample = crop
        ? await readFace(record, crop, { readOptions, checkSize })
        : await readWholeImage(record, { readOptions, checkSize })
      signal?.throwIfAborted()
      return sample
    },
  }
}

/** Warns of images with other names than those of which they are the same file, as in a folder without the subfolders that a list names. */
function findShared(images: readonly AnnotatedImage[], places: readonly ImagePlace[]): string[] {
  const known = new Map<string, string>()
  const shared: string[] = []
  for (const [index, { file, otherFiles = [] }] of images.entries()) {
    const { imagePath } = places[index] as ImagePlace
    const names = JSON.stringify([file, ...otherFiles])
    const otherNames = known.get(imagePath)
    if (otherNames === undefined) known.set(imagePath, names)
    else if (otherNames !== names) shared.push(file)
  }
  return shared.length > 0
    ? [`${formatCount(shared.length, 'image')} found as the file of another: ${joinSome(shared)}`]
    : []
}

/** Adds to a record the place of its image, and the id that follows from it. */
function placeRecord(record: FaceRecord, { file, imagePath }: ImagePlace, id: string): AnnotatedRecord {
  return { ...record, id, image: { ...record.image, file }, imagePath }
}

interface Reading {
  readonly readOptions: ReadOptions
  readonly checkSize: SizeCheck
}

async function readWholeImage(record: AnnotatedRecord, { readOptions, checkSize }: Reading): Promise<Sample> {
  const { id, imagePath, keypoints, visibility, box } = record
  const image = await readImage(imagePath, readOptions)
  await checkSize(record, async () => image)
  return createSample({ id, image, keypoints, visibility, box })
}

async function readFace(
  record: AnnotatedRecord,
  crop: ResolvedCrop,
  { readOptions, checkSize }: Reading,
): Promise<Sample> {
  const { id, imagePath, keypoints, visibility, box } = record
  await checkSize(record, () => readImageSize(imagePath, readOptions))
  const region = computeCrop(box, crop)
  const image = await readCrop(imagePath, region, readOptions)
  const toCrop = cropAndResize(region.box, region.width, region.height)
  return createSample({
    id,
    image,
    keypoints: mapKeypoints(toCrop, keypoints),
    visibility,
    box: mapBox(toCrop, box),
    toSource: invert(toCrop),
  })
}

interface Size {
  readonly width: number
  readonly height: number
}

type SizeCheck = (record: AnnotatedRecord, readSize: () => Promise<Size>) => Promise<void>

/** Creates a function that throws if annotations state another size than the image has. It looks at each image once for a size. */
function createSizeCheck(list: string, { orientation = 'apply' }: ReadOptions): SizeCheck {
  const checked = new Set<string>()
  return async ({ image: { width, height, file, line }, imagePath }, readSize) => {
    const key = `${width} x ${height} ${imagePath}`
    if (width === undefined || height === undefined || checked.has(key)) return
    const size = await readSize()
    if (size.width !== width || size.height !== height)
      throw sizeError({ width, height }, size, { file, list, line, orientation })
    checked.add(key)
  }
}

/** Points would land elsewhere. */
function sizeError(
  stated: Size,
  size: Size,
  {
    file,
    list,
    line,
    orientation,
  }: Pick<ReadOptions, 'orientation'> & {
    readonly file: string
    readonly list: string
    readonly line: number | undefined
  },
): FacekpError {
  const isTurned = stated.width === size.height && stated.height === size.width
  const hint =
    orientation === 'apply'
      ? "its EXIF orientation turns it: if the points were placed on the image as stored, pass orientation: 'ignore'"
      : "its EXIF orientation is ignored: if the points were placed on the upright image, pass orientation: 'apply'"
  return new FacekpError({
    code: 'ANNOTATIONS_SIZE',
    file: list,
    line,
    problem: `the size of image ${file} differs from the size in the annotations`,
    received: `${size.width} x ${size.height}`,
    expected: `${stated.width} x ${stated.height} (${isTurned ? hint : 'the image that was annotated'})`,
  })
}
