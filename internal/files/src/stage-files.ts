import { dirname, join, relative } from 'node:path'
import { notWrittenError } from './file-error.ts'
import { makeDir } from './make-dir.ts'
import { syncFolder, writeToDisk } from './sync.ts'

/** A file of a folder. */
export interface NewFile {
  /** Path below the folder, with slashes. */
  readonly path: string
  readonly content: string | Uint8Array
}

/**
 * Writes files into a new temporary folder, and syncs them and their folders to the disk.
 *
 * @param target folder that the files will be moved to, which errors name
 * @param code of the error of a file that cannot be written
 * @returns the paths of the files below the folder, in their order
 */
export async function stageFiles(
  temporary: string,
  files: AsyncIterable<NewFile>,
  { target, code }: { readonly target: string; readonly code: string },
): Promise<string[]> {
  const folders = new Set([temporary])
  const paths: string[] = []
  for await (const { path, content } of files) {
    const file = join(temporary, path)
    try {
      await makeDir(dirname(file))
      for (let parent = dirname(file); !folders.has(parent); parent = dirname(parent)) folders.add(parent)
      await writeToDisk(file, content)
    } catch (cause) {
      throw notWrittenError(join(target, path), cause, { code })
    }
    paths.push(relative(temporary, file))
  }
  if (paths.length > 0) for (const folder of folders) await syncFolder(folder)
  return paths
}
