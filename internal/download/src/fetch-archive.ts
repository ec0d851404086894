import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { unpackArchive } from './archive.ts'
import { downloadFile } from './download.ts'
import type { DownloadOptions } from './options.ts'

/** Options of a fetch. */
export interface FetchOptions {
  /** Where it is unpacked to; by default a folder of the data set's name in facekp's cache folder. */
  readonly folder?: string
  /** Other addresses of the archive, tried in turn. */
  readonly urls?: readonly string[]
  /** What the archive must be, where it is known. */
  readonly bytes?: number
  readonly sha256?: string
  readonly signal?: AbortSignal
  /** Where the progress is shown; default `process.stderr`. */
  readonly stream?: NonNullable<DownloadOptions['progress']>['stream']
  /** The wait before the first retry, default 1000. */
  readonly retryDelayMs?: number
}

/** Archive of a dataset. */
export interface Archive {
  readonly folder: string
  readonly urls: readonly string[]
  /** Its name on the progress bar. */
  readonly label: string
  /** Alternative to the download, shown in the error. */
  readonly alternative: string
}

/**
 * Downloads a .tar.gz and unpacks it into `folder`, unless that is there already, and removes it. A broken download is taken up where
 * it broke, also by a later call; nothing is held in memory as a whole.
 *
 * @throws FacekpError what `downloadFile` and `unpackArchive` throw
 * @example
 * ```ts
 * await fetchArchive({
 *   folder: cacheFolder('faces'),
 *   urls: ['https://example.org/faces.tar.gz'],
 *   label: 'faces',
 *   alternative: 'give the folder of the faces with --data',
 * })
 * ```
 */
export async function fetchArchive({
  folder,
  urls,
  label,
  alternative,
  stream,
  ...options
}: Archive & FetchOptions): Promise<void> {
  if (existsSync(folder)) return
  const file = `${folder}.tar.gz`
  await downloadFile({ ...options, urls, file, alternative, progress: { label, ...(stream ? { stream } : {}) } })
  await unpackArchive(file, folder)
  await rm(file)
}
