import { dirname, join, posix } from 'node:path'
import { type Dataset, isFacekpError, type KeypointScheme, NOT_LABELED, type Sample, VISIBLE } from '@facekp/core'
import { readImageSize, writeImage } from '@facekp/image/node'
import { parseOptions } from '@facekp/options'
import { z } from 'zod'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import type { AnnotatedDataset, AnnotatedRecord } from './annotated-dataset.ts'
import { createUniqueNames } from './unique-names.ts'

/** How a dataset is written. */
export interface AnnotationWriteOptions {
  /**
   * Folder, relative to the annotations, to write the samples' images into as PNG. Default: none for a dataset that was read from annotations, whose images stay
   * where they are under the names in its file; `images` for any other.
   */
  readonly images?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({ images: z.string().optional(), signal: z.instanceof(AbortSignal).optional() })

/**
 * Collects the annotations of a dataset for writing. Without images to write, the records of an annotated dataset are used unchanged; otherwise each sample's
 * image is written and its keypoints refer to it.
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
  if (isAnnotated(dataset) && images === undefined) return collectRecords(dataset)
  const folder = images ?? defaultImages
  const makeUnique = createUniqueNames()
  const collected: AnnotatedImage[] = []
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index, signal)
    const file = makeUnique(posix.join(folder, toFileName(sample.id)))
    await writeImage(join(dirname(path), file), sample.image)
    collected.push({
      file,
      width: sample.image.width,
      height: sample.image.height,
      faces: [createFace(sample, dataset.scheme)],
    })
  }
  return collected
}

function isAnnotated(dataset: Dataset): dataset is AnnotatedDataset {
  const { records, report } = dataset as Partial<AnnotatedDataset>
  return Array.isArray(records) && report !== undefined
}

async function collectRecords({ records, scheme, orientation }: AnnotatedDataset): Promise<AnnotatedImage[]> {
  const images = new Map<string, AnnotatedImage & { faces: AnnotatedFace[] }>()
  for (const record of records) {
    const { file } = record.image
    const image = images.get(file) ?? { file, ...(await getSize(record, orientation)), faces: [] }
    images.set(file, image)
    image.faces.push({ ...createFace(record, scheme), attributes: record.attributes })
  }
  return [...images.values()]
}

/** Returns the size that the annotations state, or else that of the image; none if it cannot be read. */
async function getSize(
  { image: { width, height }, imagePath }: AnnotatedRecord,
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
