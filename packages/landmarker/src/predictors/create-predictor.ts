import type { LandmarkerModel } from '../model/landmarker-model.ts'
import { createMeshRegression } from './mesh-regression.ts'
import type { NetworkPredictor } from './network-model.ts'
import { createNetworkPredictor } from './network-predictor.ts'
import type { Predictor } from './predictor.ts'
import { createRefinedRegression } from './refined-regression.ts'

/**
 * Loads the predictor of a checked model on the active backend.
 *
 * @param file name of `landmarker.json` in errors
 * @throws FacekpError `LANDMARKER_MODEL`, and what `readModel` of `@facekp/models` throws
 */
export async function createPredictor(model: LandmarkerModel, file = 'landmarker.json'): Promise<Predictor> {
  const { predictor, scheme } = model
  switch (predictor.kind) {
    case 'meshRegression':
      return createMeshRegression(predictor, scheme, file)
    case 'refinedRegression':
      return createRefinedRegression(predictor, scheme, file)
    case 'network':
      return loadNetworkPredictor(predictor, model, file)
  }
}

async function loadNetworkPredictor(
  predictor: NetworkPredictor,
  { scheme, files = {} }: LandmarkerModel,
  file: string,
): Promise<Predictor> {
  // Loaded only now: other landmarkers do without layers models.
  const { loadCropNetwork } = await import('./crop-network.ts')
  const network = await loadCropNetwork({
    network: predictor.network,
    pointCount: scheme.pointNames.length,
    file,
    getFile: (name) => files[name] as Uint8Array,
  })
  return createNetworkPredictor(predictor, scheme, network)
}
