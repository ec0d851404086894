import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, collectAnnotations } from '../dataset/collect-annotations.ts'
import { writeJson } from '../dataset/write-text.ts'
import { serializeCoco } from './serialize-coco.ts'

/** Writes a dataset as a file of COCO keypoints. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeCoco(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeCoco')
  checkArgument(KINDS.path, path, 'path', 'writeCoco')
  checkArgument(KINDS.object, options, 'options', 'writeCoco')
  const images = await collectAnnotations(dataset, path, options)
  await writeJson(path, serializeCoco(images, dataset.scheme))
}
