import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Lists a folder and its parents that do not exist, the folder first. */
export function listMissing(folder: string): string[] {
  const missing: string[] = []
  // A drive of Windows that does not exist is its own parent.
  for (let path = folder; path !== dirname(path) && !existsSync(path); path = dirname(path)) missing.push(path)
  return missing
}

/** Removes folders that are empty; those that hold something, or do not exist, stay as they are. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined)
}
