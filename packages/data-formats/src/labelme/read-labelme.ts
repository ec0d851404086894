import { basename, dirname, join, posix, sep } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseJson } from '../annotations/parse-json.ts'
import { recognizeJson } from '../annotations/recognize-json.ts'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { isFolder, listNames, readText } from '../dataset/read-text.ts'
import { type LabelmeFile, parseLabelme } from './parse-labelme.ts'

/**
 * Reads labelme's JSON, one file or all of a folder and the folders below it, as a dataset, a sample per face. Paths of images start from the folder of
 * their file. JSON of another kind, such as settings, is passed over; in the folder itself, other annotations are an error.
 *
 * @throws FacekpError what {@link parseLabelme} and {@link createAnnotatedDataset} throw, and `ANNOTATIONS_NOT_READ`
 */
export async function readLabelme(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readLabelme')
  checkArgument(KINDS.object, options, 'options', 'readLabelme')
  const isDirectory = await isFolder(path)
  const folder = isDirectory ? path : dirname(path)
  const names = isDirectory ? await listNames(path, { recursive: true }) : [basename(path)]
  const files: (LabelmeFile & { readonly below: string })[] = []
  for (const name of isDirectory ? names.filter(isLabelmeName) : names) {
    const file = join(folder, name)
    const below = dirname(name).split(sep).join('/')
    const text = await readText(file)
    if (below !== '.' && !isLabelme(text)) continue
    const json = parseJson(text, file)
    if (isDirectory && !isLabelme(text) && recognizeJson(json) === undefined) continue
    files.push({ json, file, below })
  }
  const annotations = parseLabelme(files)
  const images = annotations.images.map((image, index) => ({
    ...image,
    file: joinPath((files[index] as { readonly below: string }).below, image.file),
  }))
  return createAnnotatedDataset({ ...annotations, images }, options, { file: path, folder })
}

function joinPath(below: string, image: string): string {
  const isAbsolute = /^(\/|[a-z]:)/i.test(image)
  return below === '.' || isAbsolute ? image : posix.join(below, image)
}

/** Lists labelme's JSON in a folder and the folders below it, by their paths below it. */
export async function listLabelmeFiles(folder: string): Promise<string[]> {
  const files: string[] = []
  for (const name of await listNames(folder, { recursive: true })) {
    if (isLabelmeName(name) && isLabelme(await readText(join(folder, name)))) files.push(name)
  }
  return files
}

function isLabelmeName(name: string): boolean {
  return /\.json$/i.test(name)
}

function isLabelme(text: string): boolean {
  return text.includes('"shapes"')
}
