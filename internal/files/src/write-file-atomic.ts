import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FacekpError } from '@facekp/core'

const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/**
 * Writes a file whole or not at all, whenever the program or the machine stops.
 *
 * Makes the folder, writes a temporary file beside `path`, syncs it to the disk, renames it to `path` and syncs the folder. Removes the
 * temporary file if one of these fails.
 *
 * @param code of the error that is thrown; without it, the file system's own error is thrown
 * @throws FacekpError with `code`, which names the file
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, code?: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeToDisk(temporary, data)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    if (code === undefined) throw cause
    const received = (cause as Error).message
    throw new FacekpError({ code, file: path, problem: 'cannot write the file', received, cause })
  }
}

/** Tests whether a file of this name is one that an interrupted {@link writeFileAtomic} left. */
export function isTemporaryFile(name: string): boolean {
  return TEMPORARY.test(name)
}

async function writeToDisk(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Brings a new file's name to the disk. Windows can open no folder, and does it by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
