import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readBytes } from '@facekp/files'
import { openBytes } from './open-bytes.ts'
import type { LandmarkerFolder } from './read-landmarker.ts'

const UNREAD = {
  code: 'LANDMARKER_FILE',
  kind: 'landmarker',
  expected: 'mesh-468, ibug-68, or a folder written by saveLandmarker, with all of its files',
} as const

/** Creates the folder of a landmarker on a disk. */
function createDiskFolder(folder: string): LandmarkerFolder {
  const locate = (name: string): string => join(folder, name)
  return { locate, read: (name) => readBytes(locate(name), UNREAD) }
}

/**
 * Opens the landmarker at a path: its folder, or a zip of it.
 *
 * @throws FacekpError `LANDMARKER_FILE` if it is a file that cannot be read
 */
export async function openPath(path: string): Promise<LandmarkerFolder> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
  return isFile ? openBytes(await readBytes(path, UNREAD), path) : createDiskFolder(path)
}
