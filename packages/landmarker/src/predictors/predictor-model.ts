import * as z from 'zod/mini'
import { type MeshRegression, meshRegressionSchema } from './mesh-regression.ts'
import { type NetworkPredictor, networkPredictorSchema, type StoredNetwork } from './network-model.ts'
import { type RefinedRegression, refinedRegressionSchema } from './refined-regression.ts'

/** How a landmarker computes its points, as data: one of several kinds. */
export type PredictorModel = MeshRegression | RefinedRegression | NetworkPredictor

export const predictorSchema: z.ZodMiniType<PredictorModel> = z.discriminatedUnion('kind', [
  meshRegressionSchema,
  refinedRegressionSchema,
  networkPredictorSchema,
])

/** Returns the network of a predictor whose files lie beside `landmarker.json`; undefined if it has none. */
export function getStoredNetwork(predictor: PredictorModel): StoredNetwork | undefined {
  return 'network' in predictor ? predictor.network : undefined
}

/** Changes the names of the files of a predictor's network. */
export function renameFiles<Predictor extends PredictorModel>(
  predictor: Predictor,
  names: Pick<StoredNetwork, 'model' | 'weights'>,
): Predictor {
  return 'network' in predictor ? { ...predictor, network: { ...predictor.network, ...names } } : predictor
}
