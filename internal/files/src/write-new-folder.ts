import { randomUUID } from 'node:crypto'
import { rename, rm, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { notWrittenError } from './file-error.ts'
import { removeLeftovers } from './leftovers.ts'
import { makeDir } from './make-dir.ts'
import { listMissing, removeEmpty } from './new-folders.ts'
import { type NewFile, stageFiles } from './stage-files.ts'
import { syncFolder } from './sync.ts'

/**
 * Writes all files into a new or empty folder, or none, even if the program or the machine stops.
 *
 * Writes them to a temporary folder beside it, syncs it to the disk, renames it and syncs the parent. Removes the temporary folder, and parents that did not exist, if one
 * of these fails, and what killed programs left beside it an hour ago or earlier.
 *
 * @param code of the error that is thrown
 * @throws FacekpError with `code`, which names the folder or file and the fix, if the folder is not empty or cannot be written
 */
export async function writeNewFolder(folder: string, files: AsyncIterable<NewFile>, code: string): Promise<void> {
  const target = resolve(folder)
  const temporary = `${target}.${randomUUID()}.tmp`
  const missing = listMissing(dirname(target))
  try {
    // Fails on a folder that is not empty, before any file is made.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await makeDir(temporary)
    await removeLeftovers(dirname(target))
    await stageFiles(temporary, files, { target, code })
    await rename(temporary, target)
    await syncFolder(dirname(target))
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    await removeEmpty(missing)
    throw isFacekpError(cause, code) ? cause : notWrittenError(target, cause, { code, kind: 'folder' })
  }
}
