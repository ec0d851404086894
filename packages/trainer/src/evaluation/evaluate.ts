import { checkArgument, type Dataset, objectKind, toSourcePoints } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  checkEvaluationOptions,
  type Evaluation,
  type EvaluationOptions,
  evaluateKeypoints,
  type KeypointPair,
} from '@facekp/metrics'
import type * as tfl from '@tensorflow/tfjs-layers'
import { type Prediction, type PredictOptions, predict } from './predict.ts'

/** Converts a prediction to a pair of target and predicted points in coordinates of the original image. */
export function toKeypointPair(prediction: Pick<Prediction, 'sample' | 'points'>): KeypointPair {
  checkArgument(
    objectKind({ sample: KINDS.sample, points: KINDS.keypoints }),
    prediction,
    'prediction',
    'toKeypointPair',
  )
  const { sample, points } = prediction
  const { id, visibility } = sample
  return { id, target: toSourcePoints(sample, sample.keypoints), predicted: toSourcePoints(sample, points), visibility }
}

/** Options of {@link evaluate}: those of the metrics and those of the prediction. */
export type EvaluateOptions = EvaluationOptions &
  Pick<PredictOptions, 'head' | 'batchSize' | 'flipTest' | 'tta' | 'loader' | 'signal'>

/**
 * Predicts the points of a dataset and computes metrics in original pixels: NME, failure rate, AUC and mean absolute error,
 * each with its confidence interval; by point, part and group.
 *
 * @throws what {@link predict} and `evaluateKeypoints` of `@facekp/metrics` throw
 *
 * @example
 * ```ts
 * import type { Dataset } from '@facekp/core'
 * import { evaluate } from '@facekp/trainer'
 * import type { LayersModel } from '@tensorflow/tfjs'
 *
 * export async function printNme(model: LayersModel, test: Dataset) {
 *   const { nme } = await evaluate(model, test, { flipTest: true, normalization: 'interocular' })
 *   console.log(nme)
 * }
 * ```
 */
export async function evaluate(
  model: tfl.LayersModel,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkArgument(KINDS.model, model, 'model', 'evaluate')
  checkArgument(KINDS.dataset, dataset, 'dataset', 'evaluate')
  checkArgument(KINDS.object, options, 'options', 'evaluate')
  const { head, batchSize, flipTest, tta, loader, signal, ...metricOptions } = options
  checkEvaluationOptions(dataset.scheme, metricOptions)
  const { predictions } = await predict(model, dataset, { head, batchSize, flipTest, tta, loader, signal })
  return evaluateKeypoints(predictions.map(toKeypointPair), dataset.scheme, metricOptions)
}
