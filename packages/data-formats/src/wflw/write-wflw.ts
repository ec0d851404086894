import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, collectAnnotations } from '../dataset/collect-annotations.ts'
import { writeText } from '../dataset/write-text.ts'
import { serializeWflw } from './serialize-wflw.ts'

/** Writes a dataset as a list of WFLW. See {@link AnnotationWriteOptions} for its images. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeWflw(dataset: Dataset, path: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeWflw')
  checkArgument(KINDS.path, path, 'path', 'writeWflw')
  checkArgument(KINDS.object, options, 'options', 'writeWflw')
  const images = await collectAnnotations(dataset, path, options)
  await writeText(path, serializeWflw(images, dataset.scheme))
}
