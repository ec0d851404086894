import { join } from 'node:path'
import { assertDisjoint } from './apart.ts'
import { faceDataset, type IbugDataset, type IbugReadOptions, type IbugRecord } from './face-dataset.ts'
import { isMirrored, type Split300W, split300W } from './protocol.ts'
import { readRecords } from './read-imglab.ts'

/** dlib's list of faces to train on; its folder is that of the data set. */
export const TRAIN_LIST = 'labels_ibug_300W_train.xml'
const TEST_LIST = 'labels_ibug_300W_test.xml'

/**
 * Reads dlib's `ibug_300W_large_face_landmark_dataset` in dlib's own split, as its two lists have it: with the mirrored copies, where
 * there are some.
 *
 * Throws what `readImglab` throws, and `IBUG_SPLITS_MIXED` where a picture is in both lists.
 *
 * @example
 * ```ts
 * const { train, test } = await readIbug(await fetchIbug(), { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readIbug(
  folder: string,
  options: IbugReadOptions = {},
): Promise<Record<'train' | 'test', IbugDataset>> {
  const [train, test] = await readLists(folder, options)
  assertDisjoint(train, test)
  return { train, test }
}

/**
 * Reads the same pictures in the 300-W protocol, by their folders: `train` (afw, helen/trainset, lfpw/trainset), `common`
 * (helen/testset, lfpw/testset), `challenging` (ibug), and `full`, the latter two together. Mirrored copies are dropped. A part whose
 * folder is not there is empty.
 *
 * Throws as {@link readIbug} does.
 */
export async function readIbug300W(
  folder: string,
  options: IbugReadOptions = {},
): Promise<Record<Split300W | 'full', IbugDataset>> {
  const lists = await readLists(folder, options)
  const records = lists.flatMap((list) => list.records).filter(({ id }) => !isMirrored(id))
  const of = (...parts: Split300W[]): IbugDataset => {
    const chosen = (record: IbugRecord): boolean => parts.some((part) => part === split300W(record.id))
    return faceDataset(records.filter(chosen), options)
  }
  return { train: of('train'), common: of('common'), challenging: of('challenging'), full: of('common', 'challenging') }
}

async function readLists(folder: string, options: IbugReadOptions): Promise<[train: IbugDataset, test: IbugDataset]> {
  const read = async (list: string): Promise<IbugDataset> => faceDataset(await readRecords(join(folder, list)), options)
  return [await read(TRAIN_LIST), await read(TEST_LIST)]
}
