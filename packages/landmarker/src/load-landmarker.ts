import { type ImageSource, toImage } from './image-source.ts'
import { checkLandmarkerOptions, createLandmarker, type Landmarker, type LandmarkerOptions } from './landmarker.ts'
import { type LandmarkerSource, loadPredictor } from './landmarker-source.ts'

/**
 * Loads a landmarker on the active backend of TensorFlow.js.
 *
 * @param source `mesh-468` (default): the points of `MESH_468`; `ibug-68`: those of `IBUG_68`; the weights of both come with this
 *   package; or another {@link LandmarkerSource}, such as the URL of a folder that `saveLandmarker` wrote
 * @throws FacekpError `LANDMARKER_OPTIONS`, `LANDMARKER_SCHEME`, `LANDMARKER_MODEL`, `LANDMARKER_FILE`; what `readModel` of `@facekp/models` throws;
 *   `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const landmarker = await loadLandmarker('ibug-68')
 * const { faces } = await landmarker.detect(context.getImageData(0, 0, width, height))
 * ```
 */
export async function loadLandmarker(
  source: LandmarkerSource = 'mesh-468',
  options: LandmarkerOptions = {},
): Promise<Landmarker<ImageSource>> {
  checkLandmarkerOptions(options)
  return createLandmarker(await loadPredictor(source), toImage, options)
}
