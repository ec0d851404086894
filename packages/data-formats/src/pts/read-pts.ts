import { basename, dirname, join, sep } from 'node:path'
import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotatedImage, Annotations } from '../annotations/annotations.ts'
import { listImageNames } from '../annotations/image-extensions.ts'
import {
  type AnnotatedDataset,
  type AnnotationReadOptions,
  createAnnotatedDataset,
} from '../dataset/annotated-dataset.ts'
import { isFolder, listNames, readText } from '../dataset/read-text.ts'
import { parsePts } from './parse-pts.ts'

/**
 * Reads `.pts` files, one or all of a folder and the folders below it, as a dataset. Each belongs to the image of the same name beside it (or in option
 * `images`); all have the same number of points.
 *
 * @throws FacekpError what {@link parsePts} and {@link createAnnotatedDataset} throw, `ANNOTATIONS_NOT_READ`, and `ANNOTATIONS_INVALID` if the files
 * differ in their number of points
 */
export async function readPts(path: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, path, 'path', 'readPts')
  checkArgument(KINDS.object, options, 'options', 'readPts')
  const isDirectory = await isFolder(path)
  const folder = isDirectory ? path : dirname(path)
  const names = isDirectory ? await listPtsFiles(path) : [basename(path)]
  const images: AnnotatedImage[] = []
  let first: { readonly count: number; readonly file: string } | undefined
  for (const name of names) {
    const file = join(folder, name)
    const { count, points } = parsePts(await readText(file), file)
    first ??= { count, file }
    if (count !== first.count) throw countError(file, count, first)
    const [image, ...otherFiles] = listImageNames(
      name
        .split(sep)
        .join('/')
        .replace(/\.pts$/i, ''),
    )
    images.push({ file: image, otherFiles, faces: [{ points }] })
  }
  const pointNames = Array.from({ length: first?.count ?? 0 }, (_, index) => String(index))
  const annotations: Annotations = { format: 'pts', images, pointNames, warnings: [] }
  return createAnnotatedDataset(annotations, options, { file: path, folder })
}

/** Lists the `.pts` files of a folder and the folders below it, by their paths below it. */
export async function listPtsFiles(folder: string): Promise<string[]> {
  const names = await listNames(folder, { recursive: true })
  return names.filter((name) => /\.pts$/i.test(name))
}

function countError(
  file: string,
  count: number,
  first: { readonly count: number; readonly file: string },
): FacekpError {
  return new FacekpError({
    code: 'ANNOTATIONS_INVALID',
    file,
    problem: `the files differ in their number of points: ${first.file} has ${first.count}`,
    received: String(count),
    expected: 'files with one scheme; read files with another scheme separately',
  })
}
