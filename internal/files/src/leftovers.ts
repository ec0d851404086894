import { readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/** Age from which what is temporary is a leftover; an active write changes it more often. */
const LEFTOVER_MS = 3_600_000

/** Folders whose leftovers this program has removed. */
const cleanFolders = new Set<string>()

/** Tests whether the name is that of a temporary file or folder of an interrupted write. */
export function isTemporaryFile(name: string): boolean {
  return TEMPORARY.test(name)
}

/** Removes old temporary files and folders from a folder, once a program. */
export async function removeLeftovers(folder: string): Promise<void> {
  const path = resolve(folder)
  if (cleanFolders.has(path)) return
  cleanFolders.add(path)
  for (const name of (await readdir(path)).filter(isTemporaryFile)) {
    const leftover = join(path, name)
    const changed = await findLastChange(leftover).catch(() => Date.now())
    if (Date.now() - changed > LEFTOVER_MS) await rm(leftover, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Finds when a file, or anything in a folder, was last changed. */
async function findLastChange(path: string): Promise<number> {
  const stats = await stat(path)
  const { mtimeMs } = stats
  if (!stats.isDirectory()) return mtimeMs
  const changes = await Promise.all((await readdir(path)).map((name) => findLastChange(join(path, name))))
  return changes.reduce((latest, change) => Math.max(latest, change), mtimeMs)
}
