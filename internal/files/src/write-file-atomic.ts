import { randomUUID } from 'node:crypto'
import { realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { removeLeftovers } from './leftovers.ts'
import { makeDir } from './make-dir.ts'
import { listMissing, removeEmpty } from './new-folders.ts'
import { checkReplaceable } from './replaceable.ts'
import { type FileContent, syncFolder, writeToDisk } from './sync.ts'

/**
 * Writes a file completely or not at all, even if the program or the machine stops.
 *
 * Makes the folder, writes a temporary file beside `path`, or beside the file that a link there leads to, syncs it to the disk, renames it to `path` and syncs the folder. Removes the
 * temporary file and the folder if one of these fails, and the files that killed programs left in the folder an hour ago or earlier.
 *
 * @param data the content, or its parts, which are written as they come
 * @param code of the error that is thrown (default `FILE_NOT_WRITTEN`)
 * @throws FacekpError with `code`, which names the file and the fix; a device, a pipe or a socket is never replaced
 */
export async function writeFileAtomic(path: string, data: FileContent, code?: string): Promise<void> {
  await checkReplaceable(path, code)
  const target = await realpath(path).catch(() => path)
  const temporary = `${target}.${randomUUID()}.tmp`
  const missing = listMissing(dirname(target))
  try {
    await makeDir(dirname(target))
    await removeLeftovers(dirname(target))
    await writeToDisk(temporary, data)
    await rename(temporary, target)
    await syncFolder(dirname(target))
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    await removeEmpty(missing)
    throw notWrittenError(path, cause, { code })
  }
}
