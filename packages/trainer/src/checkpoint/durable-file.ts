import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a file is called before it is whole. */
export const UNFINISHED = '.unfinished'

/**
 * Writes a file so that it is there whole or not at all, whenever the program or the machine stops: into a new file, on to the
 * disk, then renamed.
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}${UNFINISHED}`
  const file = await open(fresh, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
  await syncFolder(dirname(path))
}

/** The new name is on the disk too. Windows opens no folder, and needs none of it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
