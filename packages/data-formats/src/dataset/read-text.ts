import { readdir, readFile, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import type { FacekpError } from '@facekp/core'
import { decodeText, isSystemFile, isTemporaryFile, notReadError } from '@facekp/files'

/** Reads a text file of annotations. Throws `ANNOTATIONS_NOT_READ` with the file and the cause. */
export async function readText(path: string): Promise<string> {
  try {
    return decodeText(await readFile(path))
  } catch (cause) {
    throw annotationsError(path, cause)
  }
}

/** Lists the names in a folder, or in all folders below it, sorted, without those that systems and interrupted writes leave there. Throws `ANNOTATIONS_NOT_READ`. */
export async function listNames(
  folder: string,
  { recursive = false }: { readonly recursive?: boolean } = {},
): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive })
    return names.filter((name) => !isSystemFile(name) && !name.split(sep).some(isTemporaryFile)).sort()
  } catch (cause) {
    throw annotationsError(folder, cause)
  }
}

/** Returns whether a path is a folder. Throws `ANNOTATIONS_NOT_READ` if the path does not exist. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw annotationsError(path, cause)
  }
}

function annotationsError(path: string, cause: unknown): FacekpError {
  const expected = 'the path of an existing file or folder that may be read'
  return notReadError(path, cause, { code: 'ANNOTATIONS_NOT_READ', kind: 'annotation file', expected })
}
