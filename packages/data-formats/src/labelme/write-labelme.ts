import { parse } from 'node:path'
import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { NewFile } from '@facekp/files'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { createUniqueNames } from '../dataset/unique-names.ts'
import { type AnnotationWriteOptions, formatJson, writeAnnotations } from '../dataset/write-annotations.ts'
import { listLabelmeFiles } from './read-labelme.ts'
import { serializeLabelme } from './serialize-labelme.ts'

/**
 * Writes a dataset as labelme's JSON, a file per image in a folder.
 *
 * @throws FacekpError `ANNOTATIONS_NOT_WRITTEN`, also if the folder or one below it contains labelme's JSON that is not replaced
 */
export async function writeLabelme(
  dataset: Dataset,
  folder: string,
  options: AnnotationWriteOptions = {},
): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeLabelme')
  checkArgument(KINDS.path, folder, 'folder', 'writeLabelme')
  checkArgument(KINDS.object, options, 'options', 'writeLabelme')
  await writeAnnotations(dataset, { folder, serialize: serializeImages, listParts: listLabelmeFiles }, options)
}

function* serializeImages(images: readonly AnnotatedImage[]): Generator<NewFile> {
  const makeUnique = createUniqueNames()
  for (const image of images) {
    const { dir, name } = parse(image.file)
    const stem = dir === '' || dir === 'images' ? name : `${dir.replaceAll(/[\\/]/g, '-')}-${name}`
    yield { path: makeUnique(`${stem}.json`), content: formatJson(serializeLabelme(image)) }
  }
}
