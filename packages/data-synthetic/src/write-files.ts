import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FacekpError } from '@facekp/core'

/** A file to write: its path below the folder, and its content. */
export interface OutputFile {
  readonly path: string
  readonly content: string | Uint8Array
}

/**
 * Writes all files into a new or empty folder, or no file: they are written to a temporary folder next to it, which is renamed at the end.
 *
 * @throws FacekpError `SYNTHETIC_FOLDER` if the folder is not empty or cannot be written
 */
export async function writeFiles(folder: string, files: AsyncIterable<OutputFile>): Promise<void> {
  const target = resolve(folder)
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    // Fails on a folder that is not empty, before any face is rendered.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    for await (const { path, content } of files) {
      await mkdir(dirname(join(temporary, path)), { recursive: true })
      await writeFile(join(temporary, path), content)
    }
    await rename(temporary, target)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw new FacekpError({
      code: 'SYNTHETIC_FOLDER',
      file: target,
      problem: 'cannot write the folder',
      received: (cause as Error).message,
      expected: 'a new or empty folder in a writable place',
      cause,
    })
  }
}
