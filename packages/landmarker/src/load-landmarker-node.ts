import { readImage } from '@facekp/image/node'
import { type ImageSource, toImage } from './image-source.ts'
import { createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { getReadyPoints, type ReadyScheme } from './ready-points.ts'

/**
 * Loads a landmarker as `loadLandmarker` of the main entry does; images may be paths of files too.
 *
 * @param scheme `mesh-468` (default): the points of `MESH_468`; `ibug-68`: those of `IBUG_68`
 * @throws FacekpError `LANDMARKER_SCHEME`; `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('ibug-68')
 * const { faces } = await landmarker.detect('face.jpg')
 * ```
 */
export async function loadLandmarker(
  scheme: ReadyScheme = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource | string>> {
  const readSource = async (source: ImageSource | string) =>
    typeof source === 'string' ? readImage(source) : toImage(source)
  return createLandmarker(getReadyPoints(scheme), readSource, options)
}
