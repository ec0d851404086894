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
 * Returns the path of a file below a folder. Of a file elsewhere, it leaves out what leads there: `..`, or a drive of Windows.
 *
 * @param paths functions of the system (default: this one)
 */
export function getPathBelow(folder: string, file: string, paths: PathFunctions = SYSTEM): string {
  const path = paths.relative(folder, file)
  return path.slice(paths.parse(path).root.length).replace(/^(\.\.[/\\])+/, '')
}
