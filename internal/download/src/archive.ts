import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FacekpError, isFacekpError } from '@facekp/core'
import { extract, list, type ReadEntry } from 'tar'

/**
 * Unpacks a .tar, .tar.gz or .tgz into `folder`, which must not exist yet or be empty. All or nothing: the archive is
 * looked through first, then unpacked into a folder of another name beside it, which is renamed at the end.
 *
 * Only files and folders are taken. A path that leaves the folder is refused, and so is every link: where it leads to
 * can only be known when it is followed.
 *
 * @param options.maxBytes what the files may take unpacked, default 16 GiB
 * @throws FacekpError `ARCHIVE_UNSAFE_PATH` (naming the entry), `ARCHIVE_TOO_LARGE`, `ARCHIVE_DAMAGED` (truncated, or not
 *   an archive), `ARCHIVE_NOT_FOUND`, `ARCHIVE_TARGET` (the folder is there and not empty),
 *   `ARCHIVE_NOT_WRITTEN` (a full disk, say)
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  { maxBytes = 2 ** 34 }: { readonly maxBytes?: number } = {},
): Promise<void> {
  await lookThrough(archive, maxBytes)
  const target = resolve(folder)
  const unfinished = `${target}.${randomUUID()}.tmp`
  try {
    await mkdir(unfinished, { recursive: true })
    await extract({ file: archive, cwd: unfinished, strict: true, preserveOwner: false })
    await putInPlace(unfinished, target)
  } catch (error) {
    if (isFacekpError(error)) throw error
    throw new FacekpError({
      code: 'ARCHIVE_NOT_WRITTEN',
      problem: 'the archive cannot be unpacked here',
      file: target,
      received: (error as Error).message,
      cause: error,
    })
  } finally {
    // Renamed, there is nothing to remove; where this fails too, the first error is the one to tell.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** Reads the archive to its end and writes nothing. */
async function lookThrough(archive: string, maxBytes: number): Promise<void> {
  const source = createReadStream(archive)
  let bytes = 0
  const parser = list({
    strict: true,
    onReadEntry(entry) {
      bytes += entry.size
      const refusal = refusalOf(entry, archive) ?? (bytes > maxBytes ? tooLarge(archive, maxBytes) : undefined)
      if (refusal) source.destroy(refusal)
    },
  })
  try {
    await pipeline(source, parser)
  } catch (error) {
    if (isFacekpError(error)) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new FacekpError({
        code: 'ARCHIVE_NOT_FOUND',
        problem: 'there is no such file',
        file: archive,
        cause: error,
      })
    }
    throw new FacekpError({
      code: 'ARCHIVE_DAMAGED',
      problem: 'the archive is cut short or damaged, or is none',
      file: archive,
      received: (error as Error).message,
      expected: 'a whole .tar, .tar.gz or .tgz',
      cause: error,
    })
  }
}

const TAKEN: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory'])

function refusalOf({ path, type, linkpath }: ReadEntry, archive: string): FacekpError | undefined {
  const leaves = /^[/\\]|^[a-z]:/i.test(path) || path.split(/[/\\]/).includes('..')
  if (!leaves && TAKEN.has(type)) return undefined
  return new FacekpError({
    code: 'ARCHIVE_UNSAFE_PATH',
    problem: leaves
      ? 'an entry would be written outside the folder; nothing was unpacked'
      : 'an entry is neither a file nor a folder; nothing was unpacked',
    file: archive,
    received: linkpath ? `${path} (${type} to ${linkpath})` : leaves ? path : `${path} (${type})`,
  })
}

function tooLarge(archive: string, maxBytes: number): FacekpError {
  return new FacekpError({
    code: 'ARCHIVE_TOO_LARGE',
    problem: 'the files of the archive take more than the limit allows; nothing was unpacked',
    file: archive,
    expected: `at most ${maxBytes} bytes; raise maxBytes if the archive is to be trusted`,
  })
}

/** Renames `unfinished` to `target`, which may be there if it is empty. */
async function putInPlace(unfinished: string, target: string): Promise<void> {
  try {
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await rename(unfinished, target)
  } catch (error) {
    throw new FacekpError({
      code: 'ARCHIVE_TARGET',
      problem: 'the folder to unpack into is there already and not empty, or cannot be replaced',
      file: target,
      received: (error as Error).message,
      expected: 'no folder of this name, or an empty one',
      cause: error,
    })
  }
}
