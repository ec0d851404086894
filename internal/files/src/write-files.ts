import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { removeLeftovers } from './leftovers.ts'
import { makeDir } from './make-dir.ts'
import { listMissing, removeEmpty } from './new-folders.ts'
import { type NewFile, stageFiles } from './stage-files.ts'
import { syncFolder } from './sync.ts'

/**
 * Writes files into a folder, which may hold others, when all of them are complete.
 *
 * Writes them to a temporary folder in it, syncs that to the disk, and moves them to their places: of each folder, the file or folder with
 * the last one, such as the index of the others, at the end. If the files end with an error, the folder stays as it was, and one that did not exist is removed again. A program
 * that stops may leave the temporary folder, which the next writer removes after an hour.
 *
 * @param code of the error of a file that cannot be written
 * @throws FacekpError with `code`, which names the file and the fix; and what `files` throws
 */
export async function writeFiles(folder: string, files: AsyncIterable<NewFile>, code: string): Promise<void> {
  const target = resolve(folder)
  const missing = listMissing(target)
  const temporary = join(target, `files.${randomUUID()}.tmp`)
  try {
    await prepareFolder(target).catch((cause: unknown) => {
      throw notWrittenError(target, cause, { code, kind: 'folder' })
    })
    const paths = await stageFiles(temporary, files, { target, code })
    if (paths.length === 0) return
    await moveFiles(temporary, target, paths).catch((cause: unknown) => {
      throw notWrittenError(target, cause, { code, kind: 'folder' })
    })
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    await removeEmpty(missing)
  }
}

async function prepareFolder(folder: string): Promise<void> {
  await makeDir(folder)
  await removeLeftovers(folder)
}

/**
 * Moves files of a folder to another one. A folder that the other one lacks is moved in one step.
 *
 * @param paths of the files, in the order in which they were written
 */
async function moveFiles(source: string, target: string, paths: readonly string[]): Promise<void> {
  for (const [name, children] of groupByEntry(paths)) {
    const from = join(source, name)
    const to = join(target, name)
    if (children.length > 0 && existsSync(to)) await moveFiles(from, to, children)
    else await rename(from, to)
  }
  await syncFolder(target)
}

/** Groups the files of each folder by its name; a file has no children. The order is that of the last files. */
function groupByEntry(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const entries = new Map<string, string[]>()
  for (const path of paths) {
    const [name = '', ...rest] = path.split(sep)
    const children = entries.get(name) ?? []
    if (rest.length > 0) children.push(rest.join(sep))
    entries.delete(name)
    entries.set(name, children)
  }
  return entries
}
