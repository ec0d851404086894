import { existsSync } from 'node:fs'
import { join, parse } from 'node:path'
import { checkArgument, type Dataset, FacekpError, formatValue, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { NewFile } from '@facekp/files'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { listImagesBelow } from '../dataset/read-text.ts'
import { type AnnotationWriteOptions, writeAnnotations } from '../dataset/write-annotations.ts'
import { serializeYoloPose, serializeYoloPoseConfig } from './serialize-yolo-pose.ts'

/** Folder of the images: YOLO finds the label of `images/a.png` as `labels/a.txt`. */
const IMAGES = 'images'

/**
 * Writes a dataset as YOLO-pose: `data.yaml`, and in `images/` and `labels/` a file per image. YOLO finds labels by the image's path, so the images are always
 * written.
 *
 * @throws FacekpError `WRITE_OPTIONS` for another folder of images; `ANNOTATIONS_NOT_WRITTEN`, also if `images/` contains images that are not replaced
 */
export async function writeYoloPose(
  dataset: Dataset,
  folder: string,
  options: AnnotationWriteOptions = {},
): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeYoloPose')
  checkArgument(KINDS.path, folder, 'folder', 'writeYoloPose')
  checkArgument(KINDS.object, options, 'options', 'writeYoloPose')
  checkImages(options)
  const serialize = (images: readonly AnnotatedImage[]): Iterable<NewFile> => serializeImages(images, dataset.scheme)
  await writeAnnotations(dataset, { folder, serialize, listParts: listImages }, { ...options, images: IMAGES })
}

function* serializeImages(images: readonly AnnotatedImage[], scheme: KeypointScheme): Generator<NewFile> {
  for (const image of images) {
    yield { path: join('labels', `${parse(image.file).name}.txt`), content: serializeYoloPose(image, scheme) }
  }
  yield { path: 'data.yaml', content: serializeYoloPoseConfig(scheme) }
}

function checkImages({ images }: AnnotationWriteOptions): void {
  if (images === undefined || images === IMAGES) return
  throw new FacekpError({
    code: 'WRITE_OPTIONS',
    problem: 'option images of YOLO-pose',
    expected: `${formatValue(IMAGES)}, beside whose images YOLO finds the labels; or no option`,
    received: formatValue(images),
  })
}

/** Lists the images of the folder, to each of which its reader adds the label. */
async function listImages(folder: string): Promise<string[]> {
  const images = join(folder, IMAGES)
  if (!existsSync(images)) return []
  return (await listImagesBelow(images)).map((name) => join(IMAGES, name))
}
