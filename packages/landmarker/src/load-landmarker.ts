import { type ImageSource, toImage } from './image-source.ts'
import { createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { getReadyPoints, type ReadyScheme } from './ready-points.ts'

/**
 * Loads a landmarker on the active backend of TensorFlow.js. Its weights come with this package; nothing is downloaded.
 *
 * @param scheme `mesh-468` (default): the points of `MESH_468`; `ibug-68`: those of `IBUG_68`
 * @throws FacekpError `LANDMARKER_SCHEME`; `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('ibug-68')
 * const { faces } = await landmarker.detect(context.getImageData(0, 0, width, height))
 * ```
 */
export async function loadLandmarker(
  scheme: ReadyScheme = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource>> {
  return createLandmarker(getReadyPoints(scheme), toImage, options)
}
