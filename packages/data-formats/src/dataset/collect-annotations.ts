import { posix } from 'node:path'
import {
  type Dataset,
  type Image,
  isFacekpError,
  type KeypointScheme,
  NOT_LABELED,
  type Sample,
  VISIBLE,
} from '@facekp/core'
import type { NewFile } from '@facekp/files'
import { encodePng } from '@facekp/image'
import { readImage, readImageSize } from '@facekp/image/node'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'
import type { AnnotatedDataset, AnnotatedRecord, ListedImage } from './annotated-dataset.ts'
import { createUniqueNames } from './unique-names.ts'

/** Which images of a dataset are written. */
interface ImageOptions {
  /** Folder of the images, relative to the annotations; undefined: images of an annotated dataset are not written. */
  readonly images: string | undefined
  /** Folder of the images of other datasets. */
  readonly defaultImages: string
  readonly signal: AbortSignal | undefined
}

/**
 * Collects the annotations of a dataset for writing. Without images to write, the records of an annotated dataset are used unchanged; otherwise each sample's
 * image becomes a file and its keypoints refer to it. Faces of one image stay together unless they were cropped, and images without faces are kept.
 *
 * @returns a generator of the files of the images, which ends with the annotations
 */
export async function* collectAnnotations(
  dataset: Dataset,
  { images, defaultImages, signal }: ImageOptions,
): AsyncGenerator<NewFile, AnnotatedImage[]> {
  const folder = images ?? defaultImages
  const makeUnique = createUniqueNames()
  async function* write(id: string, image: Image): AsyncGenerator<NewFile, Placement> {
    signal?.throwIfAborted()
    const file = makeUnique(posix.join(folder, toFileName(id)))
    yield { path: file, content: await encodePng(image) }
    return { file, width: image.width, height: image.height }
  }
  if (isAnnotated(dataset) && images === undefined) return collectRecords(dataset, await locateImages(dataset, signal))
  if (isAnnotated(dataset) && !dataset.isCropped) {
    const { readOptions, records } = dataset
    const indices = new Map(records.map(({ image }, index) => [image.file, index]))
    const placements = new Map<string, Placement>()
    for (const { file, imagePath } of dataset.images) {
      if (placements.has(file)) continue
      const index = indices.get(file)
      const pixels =
        index === undefined ? await readImage(imagePath, readOptions) : (await dataset.get(index, signal)).image
      placements.set(file, yield* write(file, pixels))
    }
    return collectRecords(dataset, placements)
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
    collected.push({ ...(yield* write(sample.id, sample.image)), faces: previous.faces })
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

/** Collects every image of an annotated dataset with its faces, each under the name and with the size of its placement. */
function collectRecords(
  { images, records, scheme }: AnnotatedDataset,
  placements: ReadonlyMap<string, Placement>,
): AnnotatedImage[] {
  const collected = new Map<string, Placement & { readonly faces: AnnotatedFace[] }>()
  for (const { file, ignoredFaces } of images) {
    const faces = ignoredFaces.map((face): AnnotatedFace => ({ ignored: true, box: getBox(face), points: [] }))
    // A list may have an image several times.
    const image = collected.get(file)
    if (image) image.faces.push(...faces)
    else collected.set(file, { ...(placements.get(file) as Placement), faces })
  }
  for (const record of records) {
    const face = { ...createFace(record, scheme), attributes: record.attributes }
    collected.get(record.image.file)?.faces.push(face)
  }
  return [...collected.values()]
}

/** Returns the names and sizes of images that stay where they are. */
async function locateImages(
  { images, readOptions }: AnnotatedDataset,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Placement>> {
  const placements = new Map<string, Placement>()
  for (const image of images) {
    signal?.throwIfAborted()
    if (placements.has(image.file)) continue
    placements.set(image.file, { file: image.file, ...(await getSize(image, readOptions)) })
  }
  return placements
}

/** Returns the size that the annotations state, or else that of the image; none if it cannot be read. */
async function getSize(
  { width, height, imagePath }: ListedImage,
  options: AnnotatedDataset['readOptions'],
): Promise<Pick<AnnotatedImage, 'width' | 'height'>> {
  if (width !== undefined && height !== undefined) return { width, height }
  try {
    return await readImageSize(imagePath, options)
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
