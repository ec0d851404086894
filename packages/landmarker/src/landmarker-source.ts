import { FacekpError, formatValue } from '@facekp/core'
import { createMemoryFolder } from './model/folder-in-memory.ts'
import { createServerFolder } from './model/folder-on-server.ts'
import { checkWeights, type LandmarkerModel, parseModel } from './model/landmarker-model.ts'
import { openBytes } from './model/open-bytes.ts'
import { LANDMARKER_FILE, type LandmarkerFolder, readLandmarker } from './model/read-landmarker.ts'
import { createPredictor } from './predictors/create-predictor.ts'
import type { Predictor } from './predictors/predictor.ts'
import { getReadyPredictor, isReadyScheme, READY_SCHEMES, type ReadyScheme } from './predictors/ready-predictors.ts'

/**
 * Where a landmarker comes from: `mesh-468` or `ibug-68`, whose weights come with this package; the URL of a folder that
 * `saveLandmarker` wrote; its files by their names, such as those of a folder dropped on a page; the bytes of a zip of such a folder, or
 * of a `landmarker.json` that has no other files; or a model of `fitFewShot`.
 */
export type LandmarkerSource =
  | ReadyScheme
  | LandmarkerModel
  | URL
  | ReadonlyMap<string, Uint8Array>
  | Uint8Array
  // A URL; ready schemes are still suggested.
  | (string & {})

/**
 * Loads the predictor of a source on the active backend.
 *
 * @throws FacekpError `LANDMARKER_SCHEME`, `LANDMARKER_MODEL`, `LANDMARKER_FILE`
 */
export async function loadPredictor(source: LandmarkerSource): Promise<Predictor> {
  if (isReadyScheme(source)) return getReadyPredictor(source)
  if (source instanceof URL || isUrl(source)) return loadFromFolder(createServerFolder(source))
  if (source instanceof Uint8Array) return loadFromFolder(await openBytes(source))
  if (source instanceof Map) return loadFromFolder(createMemoryFolder(source))
  if (typeof source === 'string') throw sourceError(source)
  const model = parseModel(source)
  checkWeights(model)
  return createPredictor(model)
}

/** Loads the predictor of a folder. */
export async function loadFromFolder(folder: LandmarkerFolder): Promise<Predictor> {
  return createPredictor(await readLandmarker(folder), folder.locate(LANDMARKER_FILE))
}

/** Tests whether a source is a URL, absolute or relative to the page. */
function isUrl(source: LandmarkerSource): source is string {
  return typeof source === 'string' && /^(https?:|\.{0,2}\/)/i.test(source)
}

function sourceError(received: string): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_SCHEME',
    problem: 'unknown scheme',
    expected: `${READY_SCHEMES.join(', ')}, a URL such as ./my-landmarker/, or a path for @facekp/landmarker/node`,
    received: formatValue(received),
  })
}
