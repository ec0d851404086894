import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FacekpError } from '@facekp/core'

/** A file of a folder to be written: its path within, and its content. */
export type FolderFile = readonly [path: string, content: string | Uint8Array]

/**
 * Writes files into a folder that is not there yet, or empty: all of them or none. They go to a folder of another name beside
 * it, which is renamed at the end. Throws `SYNTHETIC_FOLDER` where the folder is there and not empty, or the disk refuses.
 */
export async function writeFolder(folder: string, files: AsyncIterable<FolderFile>): Promise<void> {
  const target = resolve(folder)
  const unfinished = `${target}.${randomUUID()}.tmp`
  try {
    // Refused before anything is drawn.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    for await (const [path, content] of files) {
      await mkdir(dirname(join(unfinished, path)), { recursive: true })
      await writeFile(join(unfinished, path), content)
    }
    await rename(unfinished, target)
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined)
    throw new FacekpError({
      code: 'SYNTHETIC_FOLDER',
      file: target,
      problem: 'the folder cannot be written',
      received: (cause as Error).message,
      expected: 'no folder of this name, or an empty one, where files may be written',
      cause,
    })
  }
}
