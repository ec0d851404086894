import { join, parse } from 'node:path'
import { checkArgument, type Dataset, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, collectAnnotations } from '../dataset/collect-annotations.ts'
import { writeText } from '../dataset/write-text.ts'
import { serializePts } from './serialize-pts.ts'

/**
 * Writes a dataset as `.pts` files, one per image, each of the path and name of its image. Images without faces and ignored regions have no place in the format
 * and are left out.
 *
 * @throws FacekpError `ANNOTATIONS_LOSS` if an image has several faces or two images differ in their extension only, and `ANNOTATIONS_NOT_WRITTEN`
 */
export async function writePts(dataset: Dataset, folder: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writePts')
  checkArgument(KINDS.path, folder, 'folder', 'writePts')
  checkArgument(KINDS.object, options, 'options', 'writePts')
  const images = await collectAnnotations(dataset, join(folder, 'any'), options, '.')
  const written = new Set<string>()
  for (const { file, faces: allFaces } of images) {
    const faces = allFaces.filter(({ ignored }) => !ignored)
    const [face] = faces
    if (!face) continue
    if (faces.length > 1) throw lossError(file, 'a .pts file has exactly one face per image', `${faces.length} faces`)
    const { dir, name } = parse(file)
    const path = join(folder, dir, `${name}.pts`)
    if (written.has(path)) throw lossError(file, 'a .pts has the name of its image', 'images that differ in extension')
    written.add(path)
    await writeText(path, serializePts(face, dataset.scheme))
  }
}

function lossError(file: string, problem: string, received: string): FacekpError {
  const expected = 'a format that can hold them, such as COCO'
  return new FacekpError({ code: 'ANNOTATIONS_LOSS', file, problem, received, expected })
}
