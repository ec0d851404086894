import { join } from 'node:path'
import { assertDisjoint } from './assert-disjoint.ts'
import { createFaceDataset, type IbugReadOptions } from './face-dataset.ts'
import type { IbugDataset, IbugRecord } from './ibug-record.ts'
import { isMirrored, type Split300W, split300W } from './protocol-300w.ts'
import { readImglabRecords } from './read-imglab.ts'

/** dlib's list of training faces, in the folder of the data set. */
export const TRAIN_LIST = 'labels_ibug_300W_train.xml'
const TEST_LIST = 'labels_ibug_300W_test.xml'

/**
 * Reads dlib's `ibug_300W_large_face_landmark_dataset` in dlib's split: its two lists, with their mirrored copies.
 *
 * @throws FacekpError `IBUG_SPLITS_OVERLAP` if an image is in both lists; the errors of `readImglab`
 * @example
 * ```ts
 * const { train, test } = await readIbug(await fetchIbug(), { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readIbug(
  folder: string,
  options: IbugReadOptions = {},
): Promise<Record<'train' | 'test', IbugDataset>> {
  const { trainRecords, testRecords } = await readLists(folder)
  const train = createFaceDataset(trainRecords, options)
  const test = createFaceDataset(testRecords, options)
  assertDisjoint(train, test)
  return { train, test }
}

/**
 * Reads the same images in the 300-W protocol, which splits them by folder, without mirrored copies.
 *
 * @returns `train` (afw, helen/trainset, lfpw/trainset), `common` (helen/testset, lfpw/testset), `challenging` (ibug) and `full`
 *   (common and challenging); a part is empty if its folders are missing
 * @throws FacekpError the errors of `readImglab`
 * @example
 * ```ts
 * const { train, common } = await readIbug300W(await fetchIbug(), { channels: 1, crop: { size: 128, margin: 0.2 } })
 * ```
 */
export async function readIbug300W(
  folder: string,
  options: IbugReadOptions = {},
): Promise<Record<Split300W | 'full', IbugDataset>> {
  const { trainRecords, testRecords } = await readLists(folder)
  const records = [...trainRecords, ...testRecords].filter(({ id }) => !isMirrored(id))
  const selectParts = (...parts: Split300W[]): IbugDataset => {
    const isSelected = ({ id }: IbugRecord): boolean => parts.some((part) => part === split300W(id))
    return createFaceDataset(records.filter(isSelected), options)
  }
  return {
    train: selectParts('train'),
    common: selectParts('common'),
    challenging: selectParts('challenging'),
    full: selectParts('common', 'challenging'),
  }
}

async function readLists(folder: string): Promise<{ trainRecords: IbugRecord[]; testRecords: IbugRecord[] }> {
  const trainRecords = await readImglabRecords(join(folder, TRAIN_LIST))
  const testRecords = await readImglabRecords(join(folder, TEST_LIST))
  return { trainRecords, testRecords }
}
