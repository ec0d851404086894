import { readdir, readFile, stat } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import { isSystemFile } from '@facekp/files'
import { decodeText } from './decode-text.ts'

/** Reads a text file of annotations. Throws `ANNOTATIONS_NOT_READ` with the file and the cause. */
export async function readText(path: string): Promise<string> {
  try {
    return decodeText(await readFile(path))
  } catch (cause) {
    throw notReadError(path, cause)
  }
}

/** Lists the names in a folder, or in all folders below it, sorted, without those that systems leave there. Throws `ANNOTATIONS_NOT_READ`. */
export async function listNames(
  folder: string,
  { recursive = false }: { readonly recursive?: boolean } = {},
): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive })
    return names.filter((name) => !isSystemFile(name)).sort()
  } catch (cause) {
    throw notReadError(folder, cause)
  }
}

/** Returns whether a path is a folder. Throws `ANNOTATIONS_NOT_READ` if the path does not exist. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw notReadError(path, cause)
  }
}

function notReadError(path: string, cause: unknown): FacekpError {
  const { code, message } = cause as NodeJS.ErrnoException
  return new FacekpError({
    code: 'ANNOTATIONS_NOT_READ',
    file: path,
    problem: code === 'ENOENT' ? 'the annotation file does not exist' : 'the annotation file cannot be read',
    received: message,
    expected: 'the path of an existing file or folder that may be read',
    cause,
  })
}
