import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FacekpError } from '@facekp/core'
import { cacheFolder, type DownloadOptions, downloadFile, unpackArchive } from '@facekp/download'

const ADDRESSES = [
  'http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'http://www.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
  'https://web.archive.org/web/20210305094647/http://www2.imm.dtu.dk/~aam/datasets/imm_face_db.tar.gz',
]

export interface FetchImmOptions {
  /** Where it is unpacked to; default `imm_face_db` in facekp's cache folder. */
  readonly folder?: string
  /** Other addresses of the archive, tried in turn. */
  readonly urls?: readonly string[]
  /** What the archive must be, where it is known; its publisher tells neither. */
  readonly bytes?: number
  readonly sha256?: string
  readonly signal?: AbortSignal
  /** Where the progress is shown; default `process.stderr`. */
  readonly stream?: NonNullable<DownloadOptions['progress']>['stream']
  /** The wait before the first retry, default 1000. */
  readonly retryDelayMs?: number
}

/**
 * Downloads and unpacks the IMM Face Database, unless it is there already, and gives the folder that holds its pictures. A
 * broken download is taken up where it broke, also by a later call.
 *
 * The database may be used freely for education and research; cite Nordstrøm, Larsen, Sierakowski and Stegmann, The IMM Face
 * Database, DTU 2004.
 *
 * Throws what `downloadFile` and `unpackArchive` of `@facekp/download` throw, telling what else one can do where there is no
 * net, and `IMM_ARCHIVE` where the archive holds no `.asf`.
 *
 * @example
 * ```ts
 * const faces = await readImm(await fetchImm())
 * ```
 */
export async function fetchImm({
  folder = cacheFolder('imm_face_db'),
  urls = ADDRESSES,
  stream,
  bytes,
  sha256,
  signal,
  retryDelayMs,
}: FetchImmOptions = {}): Promise<string> {
  if (existsSync(folder)) return asfFolder(folder)
  const archive = `${folder}.tar.gz`
  await downloadFile({
    urls,
    file: archive,
    progress: { label: 'IMM Face Database', ...(stream ? { stream } : {}) },
    alternative: `unpack the archive of the IMM Face Database yourself and give its folder to readImm, or as --data to the examples; data-synthetic draws faces without any download`,
    ...(bytes === undefined ? {} : { bytes }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(signal === undefined ? {} : { signal }),
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
  })
  await unpackArchive(archive, folder)
  await rm(archive)
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
