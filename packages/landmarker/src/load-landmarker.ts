import { type LandmarkerModel, readModel } from './few-shot/landmarker-model.ts'
import { type ImageSource, toImage } from './image-source.ts'
import { createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { getReadyPoints, type ReadyScheme } from './ready-points.ts'

/**
 * Loads a landmarker on the active backend of TensorFlow.js. Its weights come with this package; nothing is downloaded.
 *
 * @param source `mesh-468` (default): the points of `MESH_468`; `ibug-68`: those of `IBUG_68`; or a model of `fitFewShot`, such as the
 *   parsed content of `landmarker.json`
 * @throws FacekpError `LANDMARKER_SCHEME`, `LANDMARKER_MODEL`; `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('ibug-68')
 * const { faces } = await landmarker.detect(context.getImageData(0, 0, width, height))
 * ```
 */
export async function loadLandmarker(
  source: ReadyScheme | LandmarkerModel = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource>> {
  const points = typeof source === 'string' ? getReadyPoints(source) : readModel(source)
  return createLandmarker(points, toImage, options)
}
