import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FacekpError, isFacekpError } from '@facekp/core'
import { Parser, type ReadEntry, Unpack } from 'tar'
import { archiveError } from './archive-error.ts'
import { feedParser } from './feed-parser.ts'

/**
 * Unpacks a .tar, .tar.gz or .tgz into `folder`, which must not exist yet or be empty. All or nothing: the archive is
 * scanned first, then unpacked into a temporary folder, which is renamed at the end. Links and paths that leave the folder are
 * rejected.
 *
 * @param options.maxBytes maximum size of the unpacked files in bytes, default 16 GiB
 * @throws FacekpError `ARCHIVE_UNSAFE_PATH` (naming the entry), `ARCHIVE_TOO_LARGE`, `ARCHIVE_DAMAGED` (truncated, or not
 *   an archive), `ARCHIVE_NOT_FOUND`, `ARCHIVE_TARGET` (the folder is there and not empty),
 *   `ARCHIVE_NOT_WRITTEN` (a full disk, say)
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  { maxBytes = 2 ** 34 }: { readonly maxBytes?: number } = {},
): Promise<void> {
  await scanArchive(archive, maxBytes)
  const target = resolve(folder)
  const unfinished = `${target}.${randomUUID()}.tmp`
  try {
    await mkdir(unfinished, { recursive: true })
    const parser = new Unpack({ cwd: unfinished, strict: true, preserveOwner: false })
    for await (const _ of feedParser(parser, archive));
    await moveIntoPlace(unfinished, target)
  } catch (error) {
    if (isFacekpError(error)) throw error
    throw new FacekpError({
      code: 'ARCHIVE_NOT_WRITTEN',
      problem: 'cannot unpack the archive',
      file: target,
      received: (error as Error).message,
      cause: error,
    })
  } finally {
    // After the rename there is nothing to remove. If this fails, the first error is reported.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** Checks all entries of an archive without writing anything. */
async function scanArchive(archive: string, maxBytes: number): Promise<void> {
  let bytes = 0
  let refusal: FacekpError | undefined
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      bytes += entry.size
      refusal ??= entryError(entry, archive) ?? (bytes > maxBytes ? tooLargeError(archive, maxBytes) : undefined)
      entry.resume()
    },
  })
  try {
    for await (const _ of feedParser(parser, archive)) if (refusal) throw refusal
  } catch (error) {
    throw archiveError(error, archive)
  }
}

const ALLOWED_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory'])

function entryError({ path, type, linkpath }: ReadEntry, archive: string): FacekpError | undefined {
  const leaves = /^[/\\]|^[a-z]:/i.test(path) || path.split(/[/\\]/).includes('..')
  const isName = path !== '' && !path.includes('\0')
  if (!leaves && isName && ALLOWED_TYPES.has(type)) return undefined
  if (!isName) return invalidNameError(path, archive)
  const target = linkpath ? ` to ${linkpath}` : ''
  return new FacekpError({
    code: 'ARCHIVE_UNSAFE_PATH',
    problem: leaves
      ? 'an entry would be written outside the folder; nothing was unpacked'
      : 'an entry is neither a file nor a folder; nothing was unpacked',
    file: archive,
    received: leaves && !linkpath ? path : `${path} (${type}${target})`,
  })
}

function invalidNameError(path: string, archive: string): FacekpError {
  return new FacekpError({
    code: 'ARCHIVE_UNSAFE_PATH',
    problem: 'an entry has no valid name; nothing was unpacked',
    file: archive,
    received: path,
    expected: 'a name without NUL characters',
  })
}

function tooLargeError(archive: string, maxBytes: number): FacekpError {
  return new FacekpError({
    code: 'ARCHIVE_TOO_LARGE',
    problem: 'the unpacked files exceed the limit; nothing was unpacked',
    file: archive,
    expected: `at most ${maxBytes} bytes`,
  })
}

/** Renames `unfinished` to `target`, which may be there if it is empty. */
async function moveIntoPlace(unfinished: string, target: string): Promise<void> {
  try {
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await rename(unfinished, target)
  } catch (error) {
    throw new FacekpError({
      code: 'ARCHIVE_TARGET',
      problem: 'the target folder is not empty or cannot be replaced',
      file: target,
      received: (error as Error).message,
      expected: 'an empty or missing folder',
      cause: error,
    })
  }
}
