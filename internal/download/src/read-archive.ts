import { FacekpError } from '@facekp/core'
import { Parser, type ReadEntry } from 'tar'
import { archiveError } from './archive-error.ts'
import { feedParser } from './feed-parser.ts'

/** A file in an archive. */
export interface ArchiveFile {
  /** Its path in the archive, without `./` in front. */
  readonly name: string
  readonly bytes: Buffer
}

export interface ReadArchiveOptions {
  /** Chooses the files to read by their names; called once a file, in the order of the archive. */
  readonly accepts: (name: string) => boolean
  /** Maximum size of a file that is read, default 512 MiB. */
  readonly maxBytes?: number
}

const FILE_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile'])

/**
 * Reads the files of a .tar, .tar.gz or .tgz one after another, without unpacking it. Only the files that end in the same part of the
 * archive are in memory. Links and folders are passed over.
 *
 * @throws FacekpError `ARCHIVE_NOT_FOUND`, `ARCHIVE_DAMAGED`, `ARCHIVE_TOO_LARGE`
 */
export async function* readArchive(
  archive: string,
  { accepts, maxBytes = 2 ** 29 }: ReadArchiveOptions,
): AsyncGenerator<ArchiveFile, void> {
  const files: ArchiveFile[] = []
  let failure: unknown
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      const name = entry.path.replace(/^(\.\/)+/, '')
      const isRead = FILE_TYPES.has(entry.type) && accepts(name)
      if (isRead && entry.size <= maxBytes) return collect(entry, (bytes) => files.push({ name, bytes }))
      if (isRead) failure ??= tooLargeError(archive, name, maxBytes)
      entry.resume()
    },
  })
  const takeFiles = (): ArchiveFile[] => {
    if (failure !== undefined) throw archiveError(failure, archive)
    return files.splice(0)
  }
  try {
    for await (const _ of feedParser(parser, archive)) yield* takeFiles()
  } catch (error) {
    throw archiveError(error, archive)
  }
}

function collect(entry: ReadEntry, onEnd: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = []
  entry.on('data', (chunk: Buffer) => chunks.push(chunk))
  entry.on('end', () => onEnd(Buffer.concat(chunks)))
}

function tooLargeError(archive: string, name: string, maxBytes: number): FacekpError {
  return new FacekpError({
    code: 'ARCHIVE_TOO_LARGE',
    file: archive,
    problem: `${name} exceeds the limit of a file that is read into memory`,
    expected: `at most ${maxBytes} bytes`,
  })
}
