import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeCvat } from './serialize-cvat.ts'

/** Writes a dataset as CVAT's XML for images. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeCvat(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeCvat')
  checkArgument(KINDS.path, path, 'path', 'writeCvat')
  checkArgument(KINDS.object, options, 'options', 'writeCvat')
  await writeAnnotationFile(dataset, path, options, (images) => serializeCvat(images, dataset.scheme))
}
