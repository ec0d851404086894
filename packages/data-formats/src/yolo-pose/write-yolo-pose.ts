import { join, parse } from 'node:path'
import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { collectAnnotations } from '../dataset/collect-annotations.ts'
import { writeText } from '../dataset/write-text.ts'
import { serializeYoloPose, serializeYoloPoseConfig } from './serialize-yolo-pose.ts'

/**
 * Writes a dataset as YOLO-pose: `data.yaml`, and in `images/` and `labels/` a file per image. YOLO finds labels by the image's path, so the images are always
 * written.
 *
 * @throws FacekpError `ANNOTATIONS_NOT_WRITTEN`
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
  const config = join(folder, 'data.yaml')
  const images = await collectAnnotations(dataset, config, { images: 'images', signal })
  for (const image of images) {
    await writeText(join(folder, 'labels', `${parse(image.file).name}.txt`), serializeYoloPose(image, dataset.scheme))
  }
  await writeText(config, serializeYoloPoseConfig(dataset.scheme))
}
