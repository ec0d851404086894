import { dirname } from 'node:path'
import { parseJson } from '../annotations/parse-json.ts'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { isFolder, listFiles, readText } from '../dataset/read-text.ts'
import { parseLabelme } from './parse-labelme.ts'

/**
 * Reads labelme's JSON, one file or all of a folder, as a dataset, a sample per face.
 *
 * @throws FacekpError what {@link parseLabelme} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readLabelme(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  const isDirectory = await isFolder(path)
  const paths = isDirectory ? await listFiles(path, '.json') : [path]
  const files = []
  for (const file of paths) files.push({ json: parseJson(await readText(file), file), file })
  const folder = isDirectory ? path : dirname(path)
  return createAnnotatedDataset(parseLabelme(files), options, { file: path, folder })
}
