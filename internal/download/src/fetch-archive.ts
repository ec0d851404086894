import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { FacekpError, isFacekpError } from '@facekp/core'
import { unpackArchive } from './archive.ts'
import { downloadPinned } from './download-pinned.ts'
import type { DownloadOptions } from './options.ts'

/** Options of the download of a data set. */
export interface FetchOptions {
  /** Folder of the unpacked files (default: a folder with the data set's name in facekp's cache folder). */
  readonly folder?: string
  /** Other URLs of the archive, tried in turn. */
  readonly urls?: readonly string[]
  /** Size of the archive in bytes (default: that of the first download). */
  readonly bytes?: number
  /** SHA-256 of the archive in hexadecimal, or its first 8 digits or more (default: that of the first download). */
  readonly sha256?: string
  /** Aborts the download; the next call resumes it. */
  readonly signal?: AbortSignal
  /** Stream that shows the progress (default `process.stderr`). */
  readonly stream?: NonNullable<DownloadOptions['progress']>['stream']
  /** Milliseconds before the first retry; they double with each (default 1000). */
  readonly retryDelayMs?: number
}

/** Archive of a dataset. */
export interface Archive {
  readonly folder: string
  readonly urls: readonly string[]
  /** Label of the progress bar. */
  readonly label: string
  /** Alternative to the download, shown in the error. */
  readonly alternative: string
}

/**
 * Downloads a .tar.gz, unpacks it into `folder` and removes it, unless the folder exists. An interrupted download resumes, also in a
 * later call. The archive is never in memory as a whole.
 *
 * Size and SHA-256 of the first download are written to `FOLDER.archive.json`; a later one, after the folder was removed, must have the
 * same (trust on first use). A download that turns out to be no complete archive, such as the page of a captive portal, is removed with
 * this note.
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
  const pin = `${folder}.archive.json`
  await downloadPinned({
    ...options,
    urls,
    file,
    pin,
    alternative,
    progress: { label, ...(stream ? { stream } : {}) },
  })
  try {
    await unpackArchive(file, folder)
  } catch (error) {
    if (isFacekpError(error, 'ARCHIVE_TOO_LARGE')) throw tooLargeError(error, alternative)
    // What somebody else put there has no note, and stays.
    if (!isDamaged(error) || !existsSync(pin)) throw error
    await rm(file, { force: true })
    await rm(pin, { force: true })
    throw damagedError(error, alternative)
  }
  await rm(file)
}

/** Tests whether an error says that the content of an archive is damaged, not that the file cannot be read now. */
function isDamaged(error: unknown): error is FacekpError {
  if (!isFacekpError(error, 'ARCHIVE_DAMAGED')) return false
  return (error.cause as NodeJS.ErrnoException | undefined)?.syscall === undefined
}

function tooLargeError(cause: FacekpError, alternative: string): FacekpError {
  const { code, problem, file, expected } = cause
  return new FacekpError({ code, problem, file, expected: `${expected}; or ${alternative}`, cause })
}

function damagedError(cause: FacekpError, alternative: string): FacekpError {
  const { code, file, received } = cause
  return new FacekpError({
    code,
    file,
    problem: 'the download is no complete archive; it was removed',
    received,
    expected: `a server that sends a complete .tar.gz the next time, or ${alternative}`,
    cause,
  })
}
