import { join, parse, posix } from 'node:path'
import { checkArgument, type Dataset, FacekpError, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { NewFile } from '@facekp/files'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { type AnnotationWriteOptions, writeAnnotations } from '../dataset/write-annotations.ts'
import { listPtsFiles } from './read-pts.ts'
import { serializePts } from './serialize-pts.ts'

/**
 * Writes a dataset as `.pts` files, one per image, each of the path and name of its image. Images without faces and ignored regions have no place in the format
 * and are left out.
 *
 * @throws FacekpError `ANNOTATIONS_LOSS` if an image has several faces or two images differ in their extension only; `ANNOTATIONS_NOT_WRITTEN`, also if
 *   the folder or one below it contains `.pts` files that are not replaced
 */
export async function writePts(dataset: Dataset, folder: string, options: AnnotationWriteOptions = {}): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writePts')
  checkArgument(KINDS.path, folder, 'folder', 'writePts')
  checkArgument(KINDS.object, options, 'options', 'writePts')
  const serialize = (images: readonly AnnotatedImage[]): Iterable<NewFile> => serializeImages(images, dataset.scheme)
  await writeAnnotations(dataset, { folder, defaultImages: '.', serialize, listParts: listPtsFiles }, options)
}

function* serializeImages(images: readonly AnnotatedImage[], scheme: KeypointScheme): Generator<NewFile> {
  const written = new Set<string>()
  for (const { file, faces: allFaces } of images) {
    const faces = allFaces.filter(({ ignored }) => !ignored)
    const [face] = faces
    if (!face) continue
    if (faces.length > 1) throw lossError(file, 'a .pts file has exactly one face per image', `${faces.length} faces`)
    // Annotations may name images outside of their folder; labels are written into the folder only.
    const { dir, name } = parse(posix.normalize(file.replaceAll('\\', '/')).replace(/^(\.\.\/)+/, ''))
    const path = join(dir, `${name}.pts`)
    if (written.has(path)) throw lossError(file, 'a .pts has the name of its image', 'images that differ in extension')
    written.add(path)
    yield { path, content: serializePts(face, scheme) }
  }
}

function lossError(file: string, problem: string, received: string): FacekpError {
  const expected = 'a format that can hold them, such as COCO'
  return new FacekpError({ code: 'ANNOTATIONS_LOSS', file, problem, received, expected })
}
