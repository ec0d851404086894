import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { cacheFolder, type FetchOptions, fetchArchive } from '@facekp/download'

const ADDRESSES = [
  'http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'http://www.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'https://web.archive.org/web/20210305094647/http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
]

/**
 * Downloads and unpacks the IMM Face Database, unless it is there already, and gives the folder that holds its pictures. A
 * broken download is taken up where it broke, also by a later call.
 *
 * The database may be used freely for education and research; cite Nordstrøm, Larsen, Sierakowski and Stegmann, The IMM Face
 * Database, DTU 2004.
 *
 * Throws what `fetchArchive` of `@facekp/download` throws, telling what else one can do where there is no net, and `IMM_ARCHIVE`
 * where the archive holds no `.asf`.
 *
 * @param options the folder is `imm_face_db` in facekp's cache folder unless told otherwise; the publisher tells neither size nor
 *   checksum
 * @example
 * ```ts
 * const faces = await readImm(await fetchImm())
 * ```
 */
export async function fetchImm(options: FetchOptions = {}): Promise<string> {
  const folder = options.folder ?? cacheFolder('imm_face_db')
  await fetchArchive({
    urls: ADDRESSES,
    label: 'IMM Face Database',
    alternative: `unpack the archive of the IMM Face Database yourself and give its folder to readImm, or as --data to the examples; data-synthetic draws faces without any download`,
    ...options,
    folder,
  })
  return asfFolder(folder)
}

/** The folder with the `.asf` files: the archive may hold one within. */
async function asfFolder(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true })
  const asf = files.find((file) => file.toLowerCase().endsWith('.asf'))
  if (asf !== undefined) return join(folder, dirname(asf))
  throw new FacekpError({
    code: 'IMM_ARCHIVE',
    file: folder,
    problem: 'holds no .asf file',
    received: `${files.length} files and folders`,
    expected: 'the unpacked IMM Face Database; remove the folder to download it again',
  })
}
