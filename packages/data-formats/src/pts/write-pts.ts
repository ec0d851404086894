import { join, parse } from 'node:path'
import { type Dataset, FacekpError } from '@facekp/core'
import { type AnnotationWriteOptions, collectAnnotations } from '../dataset/collect-annotations.ts'
import { writeText } from '../dataset/write-text.ts'
import { serializePts } from './serialize-pts.ts'

/**
 * Writes a dataset as `.pts` files, one per image in a folder.
 *
 * @throws FacekpError `ANNOTATIONS_LOSS` if an image has several faces, and `ANNOTATIONS_NOT_WRITTEN`
 */
export async function writePts(dataset: Dataset, folder: string, options: AnnotationWriteOptions = {}): Promise<void> {
  const images = await collectAnnotations(dataset, join(folder, 'any'), options, '.')
  for (const { file, faces } of images) {
    const [face] = faces
    if (!face || faces.length > 1) {
      throw new FacekpError({
        code: 'ANNOTATIONS_LOSS',
        file,
        problem: 'a .pts holds one face per image',
        received: `${faces.length} faces`,
        expected: 'a format that can hold them, such as COCO',
      })
    }
    await writeText(join(folder, `${parse(file).name}.pts`), serializePts(face, dataset.scheme))
  }
}
