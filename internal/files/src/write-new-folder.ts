import { randomUUID } from 'node:crypto'
import { rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { removeLeftovers } from './leftovers.ts'
import { makeDir } from './make-dir.ts'
import { syncFolder, writeToDisk } from './sync.ts'

/** A file of a folder. */
export interface NewFile {
  /** Path below the folder, with slashes. */
  readonly path: string
  readonly content: string | Uint8Array
}

/**
 * Writes all files into a new or empty folder, or none, even if the program or the machine stops.
 *
 * Writes them to a temporary folder beside it, syncs it to the disk, renames it and syncs the parent. Removes the temporary folder if one
 * of these fails, and what killed programs left beside it an hour ago or earlier.
 *
 * @param code of the error that is thrown
 * @throws FacekpError with `code`, which names the folder and the fix, if the folder is not empty or cannot be written
 */
export async function writeNewFolder(folder: string, files: AsyncIterable<NewFile>, code: string): Promise<void> {
  const target = resolve(folder)
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    // Fails on a folder that is not empty, before any file is made.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await makeDir(temporary)
    await removeLeftovers(dirname(target))
    const folders = new Set([temporary])
    for await (const { path, content } of files) {
      const file = join(temporary, path)
      await makeDir(dirname(file))
      for (let parent = dirname(file); !folders.has(parent); parent = dirname(parent)) folders.add(parent)
      await writeToDisk(file, content)
    }
    for (const path of folders) await syncFolder(path)
    await rename(temporary, target)
    await syncFolder(dirname(target))
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw notWrittenError(target, cause, { code, kind: 'folder' })
  }
}
