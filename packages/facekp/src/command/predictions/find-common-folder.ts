import { dirname, join, parse, relative, type win32 } from 'node:path'

type PathFunctions = Pick<typeof win32, 'dirname' | 'join' | 'parse' | 'relative'>

const SYSTEM: PathFunctions = { dirname, join, parse, relative }

/**
 * Finds the deepest folder that contains all folders, which are absolute paths; on several drives of Windows, that of the first one.
 *
 * @param paths functions of the system (default: this one)
 */
export function findCommonFolder(folders: readonly string[], paths: PathFunctions = SYSTEM): string {
  const isWithin = (folder: string, parent: string): boolean =>
    folder === parent || folder.startsWith(paths.join(parent, '/'))
  let common = folders[0] ?? process.cwd()
  for (;;) {
    const parent = paths.dirname(common)
    if (parent === common || folders.every((folder) => isWithin(folder, common))) return common
    common = parent
  }
}

/**
 * Returns the path of a file below a folder. Of a file elsewhere, each `..` that leads there becomes `__`, and a drive of Windows a folder.
 *
 * @param paths functions of the system (default: this one)
 */
export function getPathBelow(folder: string, file: string, paths: PathFunctions = SYSTEM): string {
  const path = paths.relative(folder, file)
  const { root } = paths.parse(path)
  if (root !== '') return paths.join('__', root.replaceAll(/[^\p{L}\p{N}.-]+/gu, ''), path.slice(root.length))
  return path.replace(/^(\.\.[/\\])+/, (parents) => parents.replaceAll('..', '__'))
}
