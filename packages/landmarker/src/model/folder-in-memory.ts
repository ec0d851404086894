import { FacekpError } from '@facekp/core'
import type { LandmarkerFolder } from './read-landmarker.ts'

/**
 * Creates the folder of a landmarker whose files are in memory, such as those of a folder that was dropped on a page.
 *
 * @param archive that contains them, for errors
 */
export function createMemoryFolder(files: ReadonlyMap<string, Uint8Array>, archive?: string): LandmarkerFolder {
  const locate = (name: string): string => (archive === undefined ? name : `${archive}/${name}`)
  return {
    locate,
    async read(name) {
      const bytes = files.get(name)
      if (bytes instanceof Uint8Array) return bytes
      throw new FacekpError({
        code: 'LANDMARKER_FILE',
        problem: 'the landmarker lacks this file',
        file: locate(name),
        expected: 'all files that saveLandmarker wrote, by their names',
        received: [...files.keys()].join(', ') || 'no files',
      })
    },
  }
}
