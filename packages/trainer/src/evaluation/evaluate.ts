import { type Dataset, toSourcePoints } from '@facekp/core'
import { type Evaluation, type EvaluationOptions, evaluateKeypoints, type KeypointPair } from '@facekp/metrics'
import type * as tf from '@tensorflow/tfjs'
import { type Prediction, type PredictOptions, predict } from './predict.ts'

/** A prediction as it is measured: in the coordinates of the original picture. */
export function toKeypointPair({ sample, points }: Pick<Prediction, 'sample' | 'points'>): KeypointPair {
  const { id, visibility } = sample
  return { id, target: toSourcePoints(sample, sample.keypoints), predicted: toSourcePoints(sample, points), visibility }
}

/**
 * Predicts a data set's points and measures them in the original pictures by the field's figures: NME, failure rate, AUC, mean
 * absolute error, each with its interval; by point, part and subset.
 *
 * Throws what {@link predict} and `evaluateKeypoints` of `@facekp/metrics` throw.
 *
 * @example
 * ```ts
 * const { nme, failureRate } = await evaluate(model, test, { flipTest: true, by: 'interocular' })
 * ```
 */
export async function evaluate(
  model: tf.LayersModel,
  dataset: Dataset,
  options: EvaluationOptions & Pick<PredictOptions, 'head' | 'batchSize' | 'flipTest' | 'signal'> = {},
): Promise<Evaluation> {
  const { head, batchSize, flipTest, signal, ...figures } = options
  const { predictions } = await predict(model, dataset, { head, batchSize, flipTest, signal })
  return evaluateKeypoints(predictions.map(toKeypointPair), dataset.scheme, figures)
}
