import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { removeLeftovers } from './leftovers.ts'
import { makeDir } from './make-dir.ts'
import { type FileContent, syncFolder, writeToDisk } from './sync.ts'

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
