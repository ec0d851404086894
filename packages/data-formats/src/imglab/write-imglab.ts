import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeImglab } from './serialize-imglab.ts'

/** Writes a dataset as the XML of dlib's imglab. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeImglab(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeImglab')
  checkArgument(KINDS.path, path, 'path', 'writeImglab')
  checkArgument(KINDS.object, options, 'options', 'writeImglab')
  await writeAnnotationFile(dataset, path, options, (images) => serializeImglab(images, dataset.scheme))
}
