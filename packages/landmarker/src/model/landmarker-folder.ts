import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkIndexedFolder, type FolderLayout } from '@facekp/files'
import { getStoredNetwork } from '../predictors/predictor-model.ts'
import { parseFacts, type SaveLandmarkerOptions } from './landmarker-content.ts'
import { parseModel } from './landmarker-model.ts'
import { LANDMARKER_FILE } from './read-landmarker.ts'

/** What shows that a folder holds a landmarker, and the data files of its network. */
export const LANDMARKER_FOLDER: FolderLayout = {
  index: LANDMARKER_FILE,
  files: [{ name: 'weights.bin' }, { name: 'model.json' }],
  parseIndex: listFiles,
  code: 'LANDMARKER_FILE',
}

/**
 * Checks that `saveLandmarker` can write a landmarker to a folder, before the fit or the training whose result it will hold. Writes
 * nothing.
 *
 * @param folder new, empty, of a landmarker or of a run
 * @param options those of `saveLandmarker`
 * @throws FacekpError `LANDMARKER_OPTION`, `LANDMARKER_FILE`
 * @example
 * ```ts
 * await checkLandmarkerFolder('my-landmarker')
 * ```
 */
export async function checkLandmarkerFolder(folder: string, options: SaveLandmarkerOptions = {}): Promise<void> {
  checkArgument(KINDS.path, folder, 'folder', 'checkLandmarkerFolder')
  parseFacts(options, 'checkLandmarkerFolder')
  await checkIndexedFolder(folder, LANDMARKER_FOLDER)
}

/** Reads the names of the files of a network in a `landmarker.json`; undefined if it is something else. */
function listFiles(text: string): readonly string[] | undefined {
  try {
    const network = getStoredNetwork(parseModel(JSON.parse(text)).predictor)
    return network ? [network.model, network.weights] : []
  } catch {
    return undefined
  }
}
