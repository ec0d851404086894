import { dirname } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { readText } from '../dataset/read-text.ts'
import { parseCvat } from './parse-cvat.ts'

/**
 * Reads a file of CVAT's XML as a dataset, a sample per face.
 *
 * @throws FacekpError what {@link parseCvat} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readCvat(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readCvat')
  checkArgument(KINDS.object, options, 'options', 'readCvat')
  return createAnnotatedDataset(parseCvat(await readText(path), path), options, { file: path, folder: dirname(path) })
}
