import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, writeAnnotationFile } from '../dataset/write-annotations.ts'
import { serializeWflw } from './serialize-wflw.ts'

/** Writes a dataset as a list of WFLW. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeWflw(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeWflw')
  checkArgument(KINDS.path, path, 'path', 'writeWflw')
  checkArgument(KINDS.object, options, 'options', 'writeWflw')
  await writeAnnotationFile(dataset, path, options, (images) => serializeWflw(images, dataset.scheme))
}
