import { open } from 'node:fs/promises'

/** What a file is to hold. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>

/** Writes a new file and syncs it to the disk. */
export async function writeToDisk(path: string, data: FileContent): Promise<void> {
  const file = await open(path, 'wx')
  try {
    // It takes iterables too, which its type lacks.
    await file.writeFile(data as Uint8Array)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Brings the names in a folder to the disk. Windows can open no folder, and does it by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
