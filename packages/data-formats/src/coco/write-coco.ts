import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, formatJson, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeCoco } from './serialize-coco.ts'

/** Writes a dataset as a file of COCO keypoints. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeCoco(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeCoco')
  checkArgument(KINDS.path, path, 'path', 'writeCoco')
  checkArgument(KINDS.object, options, 'options', 'writeCoco')
  await writeAnnotationFile(dataset, path, options, (images) => formatJson(serializeCoco(images, dataset.scheme)))
}
