import { dirname } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseJson } from '../annotations/parse-json.ts'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { readText } from '../dataset/read-text.ts'
import { parseLabelStudio } from './parse-label-studio.ts'

/**
 * Reads a JSON export of Label Studio as a dataset, a sample per face. Uploaded images are found with and without the prefix that Label Studio puts
 * before their names.
 *
 * @throws FacekpError what {@link parseLabelStudio} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readLabelStudio(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readLabelStudio')
  checkArgument(KINDS.object, options, 'options', 'readLabelStudio')
  const annotations = parseLabelStudio(parseJson(await readText(path), path), path)
  return createAnnotatedDataset(annotations, options, { file: path, folder: dirname(path) })
}
