import { dirname, isAbsolute, join, posix } from 'node:path'
import {
  type Dataset,
  type Image,
  isFacekpError,
  type KeypointScheme,
  NOT_LABELED,
  type Sample,
  VISIBLE,
} from '@facekp/core'
import { readImage, readImageSize, writeImage } from '@facekp/image/node'
import { parseOptions } from '@facekp/options'
import { z } from 'zod'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'
import type { AnnotatedDataset, AnnotatedRecord, ListedImage } from './annotated-dataset.ts'
import { createUniqueNames } from './unique-names.ts'

/** Options of the writers of datasets. */
export interface AnnotationWriteOptions {
  /**
   * Folder, relative to the annotations, to write the samples' images into as PNG. Default: none for a dataset that was read from annotations, whose images stay
   * where they are under the names in its file; `images` for any other.
   */
  readonly images?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({
  images: z
    .string()
    .refine((path) => !isAbsolute(path), 'a path relative to the annotations, such as images')
    .optional(),
  signal: z.instanceof(AbortSignal).optional(),
})

/**
 * Collects the annotations of a dataset for writing. Without images to write, the records of an annotated dataset are used unchanged; otherwise each sample's
 * image is written and its keypoints refer to it. Faces of one image stay together unless they were cropped, and images without faces are kept.
 *
 * @throws FacekpError `WRITE_OPTIONS`
 */
export async function collectAnnotations(
  dataset: Dataset,
  path: string,
  options: AnnotationWriteOptions,
  defaultImages = 'images',
): Promise<AnnotatedImage[]> {
  const { images, signal } = parseOptions({ schema: optionsSchema, value: options, code: 'WRITE_OPTIONS' })
  if (isAnnotated(dataset) && images === undefined) {
    return collectRecords(dataset, async (image) => ({
      file: image.file,
      ...(await getSize(image, dataset.orientation)),
    }))
  }
  const folder = images ?? defaultImages
  const makeUnique = createUniqueNames()
  const write = async (id: string, image: Image): Promise<Placement> => {
    signal?.throwIfAborted()
    const file = makeUnique(posix.join(folder, toFileName(id)))
    await writeImage(join(dirname(path), file), image)
    return { file, width: image.width, height: image.height }
  }
  if (isAnnotated(dataset) && !dataset.isCropped) {
    return collectRecords(dataset, async (image) => write(image.file, await readPixels(image, dataset, signal)))
  }
  const collected: AnnotatedImage[] = []
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index, signal)
    collected.push({ ...(await write(sample.id, sample.image)), faces: [createFace(sample, dataset.scheme)] })
  }
  return collected
}

function isAnnotated(dataset: Dataset): dataset is AnnotatedDataset {
  const { records, report } = dataset as Partial<AnnotatedDataset>
  return Array.isArray(records) && report !== undefined
}

type Placement = Pick<AnnotatedImage, 'file' | 'width' | 'height'>

/** Collects every image of an annotated dataset with its faces; `place` says under which name and with which size. */
async function collectRecords(
  { images, records, scheme }: AnnotatedDataset,
  place: (image: ListedImage) => Promise<Placement>,
): Promise<AnnotatedImage[]> {
  const collected = new Map<string, Placement & { readonly faces: AnnotatedFace[] }>()
  for (const image of images) {
    if (collected.has(image.file)) continue
    const faces = image.ignoredFaces.map((face): AnnotatedFace => ({ ignored: true, box: getBox(face), points: [] }))
    collected.set(image.file, { ...(await place(image)), faces })
  }
  for (const record of records) {
    const face = { ...createFace(record, scheme), attributes: record.attributes }
    collected.get(record.image.file)?.faces.push(face)
  }
  return [...collected.values()]
}

/** Reads an image as the samples of its faces have it. */
async function readPixels(
  { file, imagePath }: ListedImage,
  dataset: AnnotatedDataset,
  signal: AbortSignal | undefined,
): Promise<Image> {
  const index = dataset.records.findIndex(({ image }) => image.file === file)
  if (index < 0) return readImage(imagePath, { orientation: dataset.orientation })
  return (await dataset.get(index, signal)).image
}

/** Returns the size that the annotations state, or else that of the image; none if it cannot be read. */
async function getSize(
  { width, height, imagePath }: ListedImage,
  orientation: AnnotatedDataset['orientation'],
): Promise<Pick<AnnotatedImage, 'width' | 'height'>> {
  if (width !== undefined && height !== undefined) return { width, height }
  try {
    return await readImageSize(imagePath, { orientation })
  } catch (error) {
    if (isFacekpError(error)) return {}
    throw error
  }
}
function createFace(
  { keypoints, visibility, box }: Pick<Sample | AnnotatedRecord, 'keypoints' | 'visibility' | 'box'>,
  scheme: KeypointScheme,
): AnnotatedFace {
  return {
    box,
    points: scheme.pointNames.flatMap((name, index) => {
      const x = keypoints[2 * index] as number
      const y = keypoints[2 * index + 1] as number
      return visibility[index] === NOT_LABELED ? [] : [{ name, x, y, isVisible: visibility[index] === VISIBLE }]
    }),
  }
}

/** Turns a sample's id into a file name that every system takes. */
function toFileName(id: string): string {
  const stem = id.replace(/\.(jpe?g|png|bmp)(?=#|$)/i, '').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
  return `${stem}.png`
}
