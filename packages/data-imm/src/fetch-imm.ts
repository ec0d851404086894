import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type FetchOptions, fetchArchive } from '@facekp/download'
import { cacheFolder, isSystemFile } from '@facekp/files'

const URLS = [
  'https://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'https://web.archive.org/web/20210305094647/http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'http://www.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
]

/**
 * Downloads and unpacks the IMM Face Database if it is not in the folder yet. An interrupted download resumes, also in a later call.
 *
 * The database is free for education and research. Cite: M. M. Nordstrøm, M. Larsen, J. Sierakowski, M. B. Stegmann, The IMM Face
 * Database, DTU 2004.
 *
 * @param options `folder` defaults to `imm_face_db` in facekp's cache folder. The publisher states neither size nor
 *   checksum: those of the first download are noted beside the folder, and a later one must have the same.
 * @returns the folder that holds the images
 * @throws FacekpError `IMM_ARCHIVE` if the archive holds no `.asf` file; the errors of a failed download or an unsafe archive, whose codes begin with
 *   `DOWNLOAD_` or `ARCHIVE_`
 * @example
 * ```ts
 * const faces = await readImm(await fetchImm())
 * ```
 */
export async function fetchImm(options: FetchOptions = {}): Promise<string> {
  checkArgument(KINDS.object, options, 'options', 'fetchImm')
  const folder = options.folder ?? cacheFolder('imm_face_db')
  await fetchArchive({
    urls: URLS,
    label: 'IMM Face Database',
    alternative:
      'unpack the archive of the IMM Face Database yourself and pass its folder to readImm or to an example as --data, or use @facekp/data-synthetic, which needs no download',
    ...options,
    folder,
  })
  return findAsfFolder(folder)
}

/** Finds the folder of the `.asf` files, which may be a subfolder in the archive. */
async function findAsfFolder(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true })
  const asfFile = files.find((file) => file.toLowerCase().endsWith('.asf') && !isSystemFile(file))
  if (asfFile !== undefined) return join(folder, dirname(asfFile))
  throw new FacekpError({
    code: 'IMM_ARCHIVE',
    file: folder,
    problem: 'no .asf file in the unpacked archive',
    received: `${files.length} files and folders`,
    expected: 'the IMM Face Database; remove the folder to download it again',
  })
}
