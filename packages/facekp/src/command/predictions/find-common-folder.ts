import { dirname, join } from 'node:path'

/** Finds the deepest folder that contains all folders, which are absolute paths. */
export function findCommonFolder(folders: readonly string[]): string {
  let common = folders[0] ?? process.cwd()
  while (!folders.every((folder) => folder === common || folder.startsWith(join(common, '/')))) common = dirname(common)
  return common
}
