import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { makeDir } from './make-dir.ts'
import { type FileContent, syncFolder, writeToDisk } from './sync.ts'

const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/** Age from which a temporary file is a leftover; an active write changes its file more often. */
const LEFTOVER_MS = 3_600_000

/** Folders whose leftovers this program has removed. */
const cleanFolders = new Set<string>()

/**
 * Writes a file completely or not at all, even if the program or the machine stops.
 *
 * Makes the folder, writes a temporary file beside `path`, syncs it to the disk, renames it to `path` and syncs the folder. Removes the
 * temporary file if one of these fails, and those that killed programs left in the folder an hour ago or earlier.
 *
 * @param data the content, or its parts, which are written as they come
 * @param code of the error that is thrown (default `FILE_NOT_WRITTEN`)
 * @throws FacekpError with `code`, which names the file and the fix
 */
export async function writeFileAtomic(path: string, data: FileContent, code?: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await makeDir(dirname(path))
    await removeLeftovers(dirname(path))
    await writeToDisk(temporary, data)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw notWrittenError(path, cause, { code })
  }
}

/** Tests whether the name is that of a temporary file of an interrupted {@link writeFileAtomic}. */
export function isTemporaryFile(name: string): boolean {
  return TEMPORARY.test(name)
}

/** Removes old temporary files from a folder, once a program. */
async function removeLeftovers(folder: string): Promise<void> {
  const path = resolve(folder)
  if (cleanFolders.has(path)) return
  cleanFolders.add(path)
  for (const name of (await readdir(path)).filter(isTemporaryFile)) {
    const file = join(path, name)
    const changed = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now()
    if (Date.now() - changed > LEFTOVER_MS) await rm(file, { force: true }).catch(() => undefined)
  }
}
