import { FacekpError } from '@facekp/core'
import { getStoredNetwork } from '../predictors/predictor-model.ts'
import { checkWeights, type LandmarkerModel, parseModel } from './landmarker-model.ts'

/** Name of the file that describes a landmarker. */
export const LANDMARKER_FILE = 'landmarker.json'

/** A folder of a landmarker, on a disk, on a server or in memory. */
export interface LandmarkerFolder {
  /** Returns the path or address of a file, for errors. */
  locate(name: string): string
  /** Reads a file; throws `LANDMARKER_FILE`. */
  read(name: string): Promise<Uint8Array>
}

/**
 * Reads a landmarker with all of its files and checks it.
 *
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_FILE`
 */
export async function readLandmarker(folder: LandmarkerFolder): Promise<LandmarkerModel> {
  for (;;) {
    const bytes = await folder.read(LANDMARKER_FILE)
    try {
      return await readFiles(bytes, folder)
    } catch (error) {
      // Files are missing, or others, if the landmarker was saved anew since its `landmarker.json` was read.
      if (areEqual(await folder.read(LANDMARKER_FILE), bytes)) throw error
    }
  }
}

async function readFiles(bytes: Uint8Array, folder: LandmarkerFolder): Promise<LandmarkerModel> {
  const file = folder.locate(LANDMARKER_FILE)
  const model = parseModel(parseJson(bytes, file), file)
  const network = getStoredNetwork(model.predictor)
  const names = network ? [network.model, network.weights] : []
  const files = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await folder.read(name)] as const)),
  )
  const complete = { ...model, files }
  checkWeights(complete, file)
  return complete
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'LANDMARKER_MODEL',
      problem: 'not valid JSON',
      file,
      expected: 'a landmarker that saveLandmarker wrote',
      received: text === '' ? 'an empty file' : `'${text.slice(0, 40)}'`,
      cause,
    })
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
