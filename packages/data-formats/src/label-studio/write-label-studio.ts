import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, formatJson, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeLabelStudio } from './serialize-label-studio.ts'

/** Writes a dataset as tasks of Label Studio. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeLabelStudio(
  dataset: Dataset,
  path: string,
  options: AnnotationWriteOptions = {},
): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeLabelStudio')
  checkArgument(KINDS.path, path, 'path', 'writeLabelStudio')
  checkArgument(KINDS.object, options, 'options', 'writeLabelStudio')
  await writeAnnotationFile(dataset, path, options, (images) => formatJson(serializeLabelStudio(images)))
}
