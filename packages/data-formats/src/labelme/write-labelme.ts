import { join, parse } from 'node:path'
import { checkArgument, type Dataset } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotationWriteOptions, collectAnnotations } from '../dataset/collect-annotations.ts'
import { createUniqueNames } from '../dataset/unique-names.ts'
import { writeJson } from '../dataset/write-text.ts'
import { serializeLabelme } from './serialize-labelme.ts'

/** Writes a dataset as labelme's JSON, a file per image in a folder. Throws `ANNOTATIONS_NOT_WRITTEN`. */
export async function writeLabelme(
  dataset: Dataset,
  folder: string,
  options: AnnotationWriteOptions = {},
): Promise<void> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'writeLabelme')
  checkArgument(KINDS.path, folder, 'folder', 'writeLabelme')
  checkArgument(KINDS.object, options, 'options', 'writeLabelme')
  const makeUnique = createUniqueNames()
  for (const image of await collectAnnotations(dataset, join(folder, 'any'), options)) {
    const { dir, name } = parse(image.file)
    const stem = dir === '' || dir === 'images' ? name : `${dir.replaceAll(/[\\/]/g, '-')}-${name}`
    await writeJson(join(folder, makeUnique(`${stem}.json`)), serializeLabelme(image))
  }
}
