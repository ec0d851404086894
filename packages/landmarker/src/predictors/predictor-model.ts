import * as z from 'zod/mini'
import { hashTexts } from './encoded-numbers.ts'
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

/** Returns the SHA-256 of all weights of a predictor: of the file of a network, or of the numbers of regressions one after another. */
export function hashWeights(predictor: PredictorModel): string {
  if (predictor.kind === 'network') return predictor.network.sha256
  const { means, offsets, coefficients } = predictor.regression
  const refinement = predictor.kind === 'refinedRegression' ? predictor.refinement : undefined
  return hashTexts([means, offsets, coefficients, ...(refinement ? [refinement.offsets, refinement.coefficients] : [])])
}

/** Changes the names of the files of a predictor's network. */
export function renameFiles<Predictor extends PredictorModel>(
  predictor: Predictor,
  names: Pick<StoredNetwork, 'model' | 'weights'>,
): Predictor {
  return 'network' in predictor ? { ...predictor, network: { ...predictor.network, ...names } } : predictor
}
