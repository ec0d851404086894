import { existsSync } from 'node:fs'
import { join, parse } from 'node:path'
import { checkArgument, type Dataset, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { NewFile } from '@facekp/files'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { listImagesBelow } from '../dataset/read-text.ts'
import { writeAnnotations } from '../dataset/write-annotations.ts'
import { serializeYoloPose, serializeYoloPoseConfig } from './serialize-yolo-pose.ts'

/**
 * Writes a dataset as YOLO-pose: `data.yaml`, and in `images/` and `labels/` a file per image. YOLO finds labels by the image's path, so the images are always
 * written.
 *
 * @throws FacekpError `ANNOTATIONS_NOT_WRITTEN`, also if `images/` contains images that are not replaced
 */
export async function writeYoloPose(
  dataset: Dataset,
  folder: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeYoloPose')
  checkArgument(KINDS.path, folder, 'folder', 'writeYoloPose')
  checkArgument(KINDS.object, options, 'options', 'writeYoloPose')
  const { signal } = options
  const serialize = (images: readonly AnnotatedImage[]): Iterable<NewFile> => serializeImages(images, dataset.scheme)
  await writeAnnotations(dataset, { folder, serialize, listParts: listImages }, { images: 'images', signal })
}

function* serializeImages(images: readonly AnnotatedImage[], scheme: KeypointScheme): Generator<NewFile> {
  for (const image of images) {
    yield { path: join('labels', `${parse(image.file).name}.txt`), content: serializeYoloPose(image, scheme) }
  }
  yield { path: 'data.yaml', content: serializeYoloPoseConfig(scheme) }
}

/** Lists the images of the folder, to each of which its reader adds the label. */
async function listImages(folder: string): Promise<string[]> {
  const images = join(folder, 'images')
  if (!existsSync(images)) return []
  return (await listImagesBelow(images)).map((name) => join('images', name))
}
