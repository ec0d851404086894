import { join } from 'node:path'
import { checkArgument, checkIndex, FacekpError, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotationReadOptions } from '@facekp/data-formats/node'
import { assertDisjoint } from './assert-disjoint.ts'
import type { IbugDataset, IbugList, IbugRecord } from './ibug-record.ts'
import { isMirrored, type Split300W, split300W } from './protocol-300w.ts'
import { readImglab } from './read-imglab.ts'

/** dlib's list of training faces, in the folder of the data set. */
export const TRAIN_LIST = 'labels_ibug_300W_train.xml'
const TEST_LIST = 'labels_ibug_300W_test.xml'

/**
 * Reads dlib's `ibug_300W_large_face_landmark_dataset` in dlib's split: its two lists, with their mirrored copies.
 *
 * @throws FacekpError `IBUG_LISTS` if the folder has no such lists, `IBUG_SPLITS_OVERLAP` if an image is in both lists, and the errors of `readImglab`
 * @example
 * ```ts
 * const { train, test } = await readIbug(await fetchIbug(), { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readIbug(
  folder: string,
  options: AnnotationReadOptions = {},
): Promise<Record<'train' | 'test', IbugList>> {
  checkArgument(KINDS.path, folder, 'folder', 'readIbug')
  checkArgument(KINDS.object, options, 'options', 'readIbug')
  const train = await readList(join(folder, TRAIN_LIST), options)
  const test = await readList(join(folder, TEST_LIST), options)
  assertDisjoint(train, test)
  return { train, test }
}

/**
 * Reads the same images in the 300-W protocol, which splits them by folder, without mirrored copies.
 *
 * @returns `train` (afw, helen/trainset, lfpw/trainset), `common` (helen/testset, lfpw/testset), `challenging` (ibug) and `full`
 *   (common and challenging); a part is empty if its folders are missing
 * @throws FacekpError `IBUG_LISTS`, and the errors of `readImglab`
 * @example
 * ```ts
 * const { train, common } = await readIbug300W(await fetchIbug(), { channels: 1, crop: { size: 128, margin: 0.2 } })
 * ```
 */
export async function readIbug300W(
  folder: string,
  options: AnnotationReadOptions = {},
): Promise<Record<Split300W | 'full', IbugDataset>> {
  checkArgument(KINDS.path, folder, 'folder', 'readIbug300W')
  checkArgument(KINDS.object, options, 'options', 'readIbug300W')
  const train = await readList(join(folder, TRAIN_LIST), options)
  const test = await readList(join(folder, TEST_LIST), options)
  const selectParts = (...parts: (Split300W | undefined)[]): IbugDataset =>
    selectFaces([train, test], ({ image: { file } }) => !isMirrored(file) && parts.includes(split300W(file)))
  return {
    train: selectParts('train'),
    common: selectParts('common'),
    challenging: selectParts('challenging'),
    full: selectParts('common', 'challenging'),
  }
}

/** Joins the selected faces of several lists, in their order. */
function selectFaces(
  lists: readonly [IbugDataset, ...IbugDataset[]],
  isSelected: (record: IbugRecord) => boolean,
): IbugDataset {
  const faces = lists.flatMap((list) =>
    list.records.flatMap((record, index) => (isSelected(record) ? [{ list, record, index }] : [])),
  )
  return {
    length: faces.length,
    scheme: lists[0].scheme,
    records: faces.map(({ record }) => record),
    async get(position, signal) {
      checkIndex(position, faces.length)
      const { list, index } = faces[position] as (typeof faces)[number]
      return list.get(index, signal)
    },
  }
}

async function readList(list: string, options: AnnotationReadOptions): Promise<IbugList> {
  try {
    return await readImglab(list, options)
  } catch (cause) {
    if (!isFacekpError(cause, 'ANNOTATIONS_NOT_READ')) throw cause
    throw new FacekpError({
      code: 'IBUG_LISTS',
      file: list,
      problem: 'cannot read the list of faces',
      received: cause.received,
      expected: `the folder of ${TRAIN_LIST} and ${TEST_LIST}; fetchIbug() downloads it`,
      cause,
    })
  }
}
