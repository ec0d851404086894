import { fileURLToPath } from 'node:url'
import { readImage } from '@facekp/image/node'
import { type ImageSource, toImage } from './image-source.ts'
import { checkLandmarkerOptions, createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { type LandmarkerSource, loadFromFolder, loadPredictor } from './landmarker-source.ts'
import { openPath } from './model/folder-on-disk.ts'
import type { Predictor } from './predictors/predictor.ts'
import { isReadyScheme } from './predictors/ready-predictors.ts'

/**
 * Loads a landmarker as `loadLandmarker` of the main entry does; the landmarker, and images, may be paths of files too.
 *
 * @param source as in the main entry, or the path or `file:` URL of a folder that `saveLandmarker` wrote or of its zip
 * @throws FacekpError `LANDMARKER_OPTIONS`, `LANDMARKER_FILE`, `LANDMARKER_MODEL`; what `readModel` of `@facekp/models` throws; `DETECTOR_BACKEND` if
 *   TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('my-landmarker')
 * const { faces } = await landmarker.detect('face.jpg')
 * ```
 */
export async function loadLandmarker(
  source: LandmarkerSource = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource | string>> {
  checkLandmarkerOptions(options)
  const readSource = async (image: ImageSource | string) =>
    typeof image === 'string' ? readImage(image) : toImage(image)
  return createLandmarker(await loadAnyPredictor(source), readSource, options)
}

async function loadAnyPredictor(source: LandmarkerSource): Promise<Predictor> {
  const isAddress = typeof source === 'string' || source instanceof URL
  if (!isAddress || isReadyScheme(source) || /^https?:/i.test(String(source))) return loadPredictor(source)
  const path = String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
  return loadFromFolder(await openPath(path))
}
