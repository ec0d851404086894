import { dirname } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { readText } from '../dataset/read-text.ts'
import { parseImglab } from './parse-imglab.ts'

/**
 * Reads a list of dlib's imglab as a dataset, a sample per face.
 *
 * @throws FacekpError what {@link parseImglab} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readImglab(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readImglab')
  checkArgument(KINDS.object, options, 'options', 'readImglab')
  return createAnnotatedDataset(parseImglab(await readText(path), path), options, { file: path, folder: dirname(path) })
}
