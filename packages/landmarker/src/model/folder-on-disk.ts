import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readBytes } from '@facekp/files'
import { openBytes } from './open-bytes.ts'
import type { LandmarkerFolder } from './read-landmarker.ts'

/** Creates the folder of a landmarker on a disk. */
function createDiskFolder(folder: string): LandmarkerFolder {
  const locate = (name: string): string => join(folder, name)
  return {
    locate,
    read(name) {
      const expected = 'mesh-468, ibug-68, or a folder written by saveLandmarker, with all of its files'
      return readBytes(locate(name), { code: 'LANDMARKER_FILE', kind: 'landmarker', expected })
    },
  }
}

/** Opens the landmarker at a path: its folder, or a zip of it. */
export async function openPath(path: string): Promise<LandmarkerFolder> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
  return isFile ? openBytes(await readFile(path), path) : createDiskFolder(path)
}
