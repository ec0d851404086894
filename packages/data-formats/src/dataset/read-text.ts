import { readdir, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { isSystemFile, isTemporaryFile, notReadError, readText as readTextFile } from '@facekp/files'
import { isImageName } from '../annotations/image-extensions.ts'

const UNREAD = {
  code: 'ANNOTATIONS_NOT_READ',
  kind: 'annotation file',
  expected: 'the path of an existing file or folder that may be read',
}

/** Reads a text file of annotations. Throws `ANNOTATIONS_NOT_READ` with the file and the cause. */
export function readText(path: string): Promise<string> {
  return readTextFile(path, UNREAD)
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
    throw notReadError(folder, cause, UNREAD)
  }
}

/** Lists the images of a folder and all folders below it, as {@link listNames} does. */
export async function listImagesBelow(folder: string): Promise<string[]> {
  return (await listNames(folder, { recursive: true })).filter(isImageName)
}

/** Returns whether a path is a folder. Throws `ANNOTATIONS_NOT_READ` if the path does not exist. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw notReadError(path, cause, UNREAD)
  }
}
