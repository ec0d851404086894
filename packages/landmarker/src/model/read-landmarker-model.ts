import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { openPath } from './folder-on-disk.ts'
import type { LandmarkerModel } from './landmarker-model.ts'
import { readLandmarker } from './read-landmarker.ts'

/**
 * Reads a landmarker that `saveLandmarker` wrote as plain data, with all of its files, and checks it.
 *
 * @param folder or its zip
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_FILE`
 * @example
 * ```ts
 * const { scheme, metrics, license } = await readLandmarkerModel('my-landmarker')
 * ```
 */
export async function readLandmarkerModel(folder: string): Promise<LandmarkerModel> {
  checkArgument(KINDS.path, folder, 'folder', 'readLandmarkerModel')
  return readLandmarker(await openPath(folder))
}
