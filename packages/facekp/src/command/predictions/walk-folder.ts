import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isImageName } from '@facekp/data-formats'
import { isSystemFile } from '@facekp/files'

/** Tests whether a path within a folder or an archive is an image, neither hidden nor left there by a system. */
export function isListedImage(path: string): boolean {
  return isImageName(path) && !isHidden(path)
}

/** Tests whether a path within a folder lies in a hidden folder, or in one that a system leaves. */
export function isHidden(path: string): boolean {
  return isSystemFile(path) || path.split('/').some((name) => name.startsWith('.'))
}

/** Joins paths with `/` between their parts, on every system. */
export function joinPath(...parts: readonly string[]): string {
  return join(...parts)
    .split(sep)
    .join('/')
}

/**
 * Lists the images of a folder and its subfolders, in the order of their names. Links to folders are followed, unless they lead back.
 *
 * @param parents real paths of the folders above, within the walk
 */
export async function* walkFolder(folder: string, parents: readonly string[] = []): AsyncGenerator<string, void> {
  const real = await realpath(folder)
  if (parents.includes(real)) return
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !isHidden(name))
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = joinPath(folder, entry.name)
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) {
      yield* walkFolder(path, [...parents, real])
    } else if (isImageName(entry.name)) yield path
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}
