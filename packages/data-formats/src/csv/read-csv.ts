import { dirname } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { readText } from '../dataset/read-text.ts'
import { type ParseCsvOptions, parseCsv } from './parse-csv.ts'

/**
 * Reads keypoints from CSV as a dataset, a sample per face. See {@link parseCsv} for the forms.
 *
 * @throws FacekpError what {@link parseCsv} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readCsv(
  path: string,
  readOptions: AnnotationReadOptions & Omit<ParseCsvOptions, 'file'> = {},
): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readCsv')
  checkArgument(KINDS.object, readOptions, 'readOptions', 'readCsv')
  const { firstPixel, delimiter, ...options } = readOptions
  const annotations = parseCsv(await readText(path), { firstPixel, delimiter, file: path })
  return createAnnotatedDataset(annotations, options, { file: path, folder: dirname(path) })
}
