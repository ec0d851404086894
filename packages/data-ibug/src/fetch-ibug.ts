import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type FetchOptions, fetchArchive } from '@facekp/download'
import { cacheFolder } from '@facekp/files'
import { TRAIN_LIST } from './read-ibug.ts'

const ARCHIVE = 'dlib.net/files/data/ibug_300W_large_face_landmark_dataset.tar.gz'
const URLS = [`https://${ARCHIVE}`, `http://${ARCHIVE}`]

/**
 * Downloads and unpacks dlib's `ibug_300W_large_face_landmark_dataset` (1.7 GB, 6666 + 1008 images) if it is not in the folder yet. An
 * interrupted download resumes, also in a later call. Unpacking needs about 4 GB of disk space.
 *
 * The faces are for research only: no commercial use, no redistribution. Cite: C. Sagonas, G. Tzimiropoulos, S. Zafeiriou, M. Pantic,
 * 300 Faces in-the-Wild Challenge, ICCV Workshops 2013.
 *
 * @param options `folder` defaults to `ibug_300W_large_face_landmark_dataset` in facekp's cache folder. The publisher states neither
 *   size nor checksum: those of the first download are noted beside the folder, and a later one must have the same.
 * @returns the folder that holds the lists
 * @throws FacekpError `IBUG_ARCHIVE` if the archive holds no lists; the errors of a failed download or an unsafe archive, whose codes begin with
 *   `DOWNLOAD_` or `ARCHIVE_`
 * @example
 * ```ts
 * const { train, test } = await readIbug(await fetchIbug())
 * ```
 */
export async function fetchIbug(options: FetchOptions = {}): Promise<string> {
  checkArgument(KINDS.object, options, 'options', 'fetchIbug')
  const folder = options.folder ?? cacheFolder('ibug_300W_large_face_landmark_dataset')
  await fetchArchive({
    urls: URLS,
    label: 'iBUG 300-W',
    alternative:
      'unpack the archive yourself and pass its folder to readIbug or to an example as --data, or use @facekp/data-synthetic, which needs no download',
    ...options,
    folder,
  })
  return findListFolder(folder)
}

/** Finds the folder of the lists, which is a subfolder in the archive. */
async function findListFolder(folder: string): Promise<string> {
  const entries = await readdir(folder)
  const candidates = [folder, ...entries.map((entry) => join(folder, entry))]
  const listFolder = candidates.find((candidate) => existsSync(join(candidate, TRAIN_LIST)))
  if (listFolder !== undefined) return listFolder
  throw new FacekpError({
    code: 'IBUG_ARCHIVE',
    file: folder,
    problem: `no ${TRAIN_LIST} in the unpacked archive`,
    received: `${entries.length} files and folders`,
    expected: "dlib's iBUG 300-W data set; remove the folder to download it again",
  })
}
