import { dirname } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { readText } from '../dataset/read-text.ts'
import { parseWflw } from './parse-wflw.ts'

/**
 * Reads a list of WFLW as a dataset, a sample per face.
 *
 * @throws FacekpError what {@link parseWflw} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readWflw(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readWflw')
  checkArgument(KINDS.object, options, 'options', 'readWflw')
  return createAnnotatedDataset(parseWflw(await readText(path), path), options, { file: path, folder: dirname(path) })
}
