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
import * as z from 'zod'
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
    const indices = new Map(dataset.records.map(({ image }, index) => [image.file, index]))
    return collectRecords(dataset, async (image) => {
      const index = indices.get(image.file)
      const { orientation } = dataset
      const pixels =
        index === undefined
          ? await readImage(image.imagePath, { orientation })
          : (await dataset.get(index, signal)).image
      return write(image.file, pixels)
    })
  }
  const collected: AnnotatedImage[] = []
  let previous: { readonly sample: Sample; readonly faces: AnnotatedFace[] } | undefined
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index, signal)
    const face = createFace(sample, dataset.scheme)
    if (previous && isSameImage(previous.sample, sample)) {
      previous.faces.push(face)
      continue
    }
    previous = { sample, faces: [face] }
    collected.push({ ...(await write(sample.id, sample.image)), faces: previous.faces })
  }
  return collected
}

/** Returns whether two samples are faces of one image, such as `a.jpg` and `a.jpg#2`. Crops around them have other pixels. */
function isSameImage(a: Sample, b: Sample): boolean {
  const isOne = a.id.replace(/#\d+$/, '') === b.id.replace(/#\d+$/, '') && a.id !== b.id
  if (!isOne || a.image.width !== b.image.width || a.image.height !== b.image.height) return false
  return viewBytes(a.image).equals(viewBytes(b.image))
}

function viewBytes({ data }: Image): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
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
