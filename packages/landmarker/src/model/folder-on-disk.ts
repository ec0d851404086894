import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError } from '@facekp/core'
import type { LandmarkerFolder } from './read-landmarker.ts'

/** Creates the folder of a landmarker on a disk. */
export function createDiskFolder(folder: string): LandmarkerFolder {
  const locate = (name: string): string => join(folder, name)
  return {
    locate,
    async read(name) {
      try {
        return await readFile(locate(name))
      } catch (cause) {
        throw new FacekpError({
          code: 'LANDMARKER_FILE',
          problem: 'cannot read the landmarker',
          file: locate(name),
          expected: 'mesh-468, ibug-68, or a folder written by saveLandmarker, with all of its files',
          received: (cause as Error).message,
          cause,
        })
      }
    },
  }
}
