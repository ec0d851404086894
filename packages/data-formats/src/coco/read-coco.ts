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
import { type ParseCocoOptions, parseCoco } from './parse-coco.ts'

/**
 * Reads a file of COCO keypoints as a dataset, a sample per face. See {@link parseCoco} for the mapping of visibility.
 *
 * @throws FacekpError what {@link parseCoco} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readCoco(
  path: string,
  readOptions: AnnotationReadOptions & Omit<ParseCocoOptions, 'file'> = {},
): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readCoco')
  checkArgument(KINDS.object, readOptions, 'readOptions', 'readCoco')
  const { category, labeledAs, ...options } = readOptions
  const annotations = parseCoco(parseJson(await readText(path), path), { category, labeledAs, file: path })
  return createAnnotatedDataset(annotations, options, { file: path, folder: dirname(path) })
}
