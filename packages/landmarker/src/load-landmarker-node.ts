import { readImage } from '@facekp/image/node'
import { readLandmarker } from './few-shot/landmarker-files.ts'
import { type LandmarkerModel, readModel } from './few-shot/landmarker-model.ts'
import { type ImageSource, toImage } from './image-source.ts'
import { createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { getReadyPoints, isReadyScheme, type ReadyScheme } from './ready-points.ts'

/**
 * Loads a landmarker as `loadLandmarker` of the main entry does; the landmarker, and images, may be paths of files too.
 *
 * @param source `mesh-468` (default): the points of `MESH_468`; `ibug-68`: those of `IBUG_68`; a model of `fitFewShot`, or the folder that
 *   `saveLandmarker` wrote it to
 * @throws FacekpError `LANDMARKER_FILE`, `LANDMARKER_MODEL`; `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('my-landmarker')
 * const { faces } = await landmarker.detect('face.jpg')
 * ```
 */
export async function loadLandmarker(
  source: ReadyScheme | LandmarkerModel | (string & {}) = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource | string>> {
  const readSource = async (image: ImageSource | string) =>
    typeof image === 'string' ? readImage(image) : toImage(image)
  if (typeof source !== 'string') return createLandmarker(readModel(source), readSource, options)
  const points = isReadyScheme(source) ? getReadyPoints(source) : await readLandmarker(source)
  return createLandmarker(points, readSource, options)
}
