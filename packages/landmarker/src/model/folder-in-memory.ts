import { FacekpError } from '@facekp/core'
import type { LandmarkerFolder } from './read-landmarker.ts'

/** Creates the folder of a landmarker whose files are in memory, such as those of a folder that was dropped on a page. */
export function createMemoryFolder(files: ReadonlyMap<string, Uint8Array>): LandmarkerFolder {
  return {
    locate: (name) => name,
    async read(name) {
      const bytes = files.get(name)
      if (bytes instanceof Uint8Array) return bytes
      throw new FacekpError({
        code: 'LANDMARKER_FILE',
        problem: 'the landmarker lacks this file',
        file: name,
        expected: 'all files that saveLandmarker wrote, by their names',
        received: [...files.keys()].join(', ') || 'no files',
      })
    },
  }
}
