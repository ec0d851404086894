import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { cacheFolder, type FetchOptions, fetchArchive } from '@facekp/download'
import { TRAIN_LIST } from './read-ibug.ts'

const ADDRESSES = ['http://dlib.net/files/data/ibug_300W_large_face_landmark_dataset.tar.gz']

/**
 * Downloads and unpacks dlib's `ibug_300W_large_face_landmark_dataset` (1.7 GB, 6666 + 1008 pictures), unless it is there already, and
 * gives the folder that holds its lists. A broken download is taken up where it broke, also by a later call; the archive is streamed to
 * the disk and from there unpacked as a stream, which takes about 4 GB of it for a while.
 *
 * The faces are for research only, neither for commercial use nor to be passed on; cite Sagonas, Tzimiropoulos, Zafeiriou and Pantic,
 * 300 Faces in-the-Wild Challenge, ICCV Workshops 2013.
 *
 * Throws what `fetchArchive` of `@facekp/download` throws, telling what else one can do where there is no net, and `IBUG_ARCHIVE` where
 * the archive does not hold the lists.
 *
 * @param options the folder is `ibug_300W_large_face_landmark_dataset` in facekp's cache folder unless told otherwise; the publisher
 *   tells neither size nor checksum
 * @example
 * ```ts
 * const { train, test } = await readIbug(await fetchIbug())
 * ```
 */
export async function fetchIbug(options: FetchOptions = {}): Promise<string> {
  const folder = options.folder ?? cacheFolder('ibug_300W_large_face_landmark_dataset')
  await fetchArchive({
    urls: ADDRESSES,
    label: 'iBUG 300-W',
    alternative: `unpack the archive yourself and give its folder to readIbug, or as --data to the examples; data-synthetic draws faces without any download`,
    ...options,
    folder,
  })
  return listFolder(folder)
}

/** The folder with the lists: the archive holds one within. */
async function listFolder(folder: string): Promise<string> {
  const entries = await readdir(folder)
  const found = [folder, ...entries.map((entry) => join(folder, entry))].find((place) =>
    existsSync(join(place, TRAIN_LIST)),
  )
  if (found !== undefined) return found
  throw new FacekpError({
    code: 'IBUG_ARCHIVE',
    file: folder,
    problem: `holds no ${TRAIN_LIST}`,
    received: `${entries.length} files and folders`,
    expected: 'the unpacked data set; remove the folder to download it again',
  })
}
