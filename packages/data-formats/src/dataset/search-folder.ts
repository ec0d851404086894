import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isSystemFile } from '@facekp/files'

/** A search for a hint must not take long. */
const MAX_FOLDERS = 200
const MAX_DEPTH = 3

/**
 * Searches a folder, and then its neighbors, for a file name, so that an error can name the folder that seems to contain the images.
 *
 * @returns the folder that holds the file; undefined if it is not among the first 200 folders
 */
export async function searchFolder(name: string, root: string): Promise<string | undefined> {
  const start = resolve(root)
  const queue = [
    { path: start, depth: 0 },
    { path: dirname(start), depth: 0 },
  ]
  const visited = new Set<string>()
  for (const { path, depth } of queue) {
    if (visited.has(path)) continue
    if (visited.size >= MAX_FOLDERS) return undefined
    visited.add(path)
    const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => [])
    if (entries.some((entry) => entry.isFile() && entry.name.normalize('NFC') === name.normalize('NFC'))) return path
    if (depth >= MAX_DEPTH) continue
    const folders = entries.filter((entry) => entry.isDirectory() && !isSystemFile(entry.name))
    queue.push(...folders.map((entry) => ({ path: join(path, entry.name), depth: depth + 1 })))
  }
  return undefined
}
