import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeCsv } from './serialize-csv.ts'

/** Writes a dataset as wide CSV. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeCsv(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeCsv')
  checkArgument(KINDS.path, path, 'path', 'writeCsv')
  checkArgument(KINDS.object, options, 'options', 'writeCsv')
  await writeAnnotationFile(dataset, path, options, (images) => serializeCsv(images, dataset.scheme))
}
