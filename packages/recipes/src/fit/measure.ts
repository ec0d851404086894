import { compose } from '@facekp/augment'
import {
  checkArgument,
  type Dataset,
  isFacekpError,
  type KeypointScheme,
  type Keypoints,
  optionsKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Evaluation, evaluateKeypoints } from '@facekp/metrics'
import {
  meanShape,
  type PartError,
  type Predictions,
  partErrorsPx,
  pointErrorsPx,
  predict,
  shapeError,
  toKeypointPair,
} from '@facekp/trainer'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Recipe } from '../recipe/recipe.ts'
import { evalDataset } from '../transforms/eval-transform.ts'
import { geometricTransforms } from '../transforms/geometric-transforms.ts'

const PREDICT_KEYPOINTS_OPTIONS = optionsKind({ seed: KINDS.seed })

/** Predictions for a dataset, and the errors of them. */
export interface Measurement extends Pick<Predictions, 'predictions' | 'errorPx'> {
  /** Mean error of each point over the faces, in pixels of the original images. */
  readonly pointErrorsPx: readonly number[]
  /** Mean error of each part of the scheme, in pixels of the original images. */
  readonly partErrors: readonly PartError[]
  /**
   * NME, failure rate, AUC and mean absolute error; absent if the scheme has no normalization pair, or if a face has no label at one of its
   * points.
   */
  readonly evaluation?: Evaluation
}

/**
 * Predicts a dataset's keypoints as a recipe says, with its test-time augmentation if it has one.
 *
 * @param dataset gray images, from which the recipe's frame is cut out
 * @param options.seed of the views (default 0)
 */
export function predictKeypoints(
  model: tfl.LayersModel,
  dataset: Dataset,
  recipe: Pick<Recipe, 'size' | 'margin' | 'tta'>,
  options: { readonly seed?: number } = {},
): Promise<Pick<Predictions, 'predictions' | 'errorPx'>> {
  checkArgument(KINDS.model, model, 'model', 'predictKeypoints')
  checkArgument(KINDS.dataset, dataset, 'dataset', 'predictKeypoints')
  checkArgument(KINDS.object, recipe, 'recipe', 'predictKeypoints')
  checkArgument(PREDICT_KEYPOINTS_OPTIONS, options, 'options', 'predictKeypoints')
  const { seed = 0 } = options
  if (!recipe.tta) return predict(model, evalDataset(dataset, recipe))
  const { views, ...limits } = recipe.tta
  const transform = compose(geometricTransforms(limits, recipe, dataset.scheme))
  return predict(model, dataset, { tta: { transform, views, seed } })
}

/** Predicts a dataset's keypoints as {@link predictKeypoints} and computes their errors. */
export async function measure(
  model: tfl.LayersModel,
  dataset: Dataset,
  recipe: Pick<Recipe, 'size' | 'margin' | 'tta'>,
  options: { readonly seed?: number } = {},
): Promise<Measurement> {
  checkArgument(KINDS.model, model, 'model', 'measure')
  checkArgument(KINDS.dataset, dataset, 'dataset', 'measure')
  checkArgument(KINDS.object, recipe, 'recipe', 'measure')
  checkArgument(KINDS.object, options, 'options', 'measure')
  const { scheme } = dataset
  const { predictions, errorPx } = await predictKeypoints(model, dataset, recipe, options)
  const errorsPx = pointErrorsPx(predictions)
  const measurement = { predictions, errorPx, pointErrorsPx: errorsPx, partErrors: partErrorsPx(errorsPx, scheme) }
  const evaluation = evaluateFaces(predictions, scheme)
  return evaluation ? { ...measurement, evaluation } : measurement
}

/** Evaluates predictions; returns undefined if their errors cannot be normalized, which must not end a run after its training. */
function evaluateFaces(predictions: Predictions['predictions'], scheme: KeypointScheme): Evaluation | undefined {
  if (!scheme.normalizationPair) return undefined
  try {
    return evaluateKeypoints(predictions.map(toKeypointPair), scheme)
  } catch (error) {
    if (isFacekpError(error, 'METRIC_NORMALIZATION')) return undefined
    throw error
  }
}

/** Errors of predicting the mean shape of the training faces; a network must have smaller ones. */
export interface MeanShapeBaseline {
  /** In relative coordinates. */
  readonly meanShape: Keypoints
  /** Mean point error over the test faces, in pixels of the original images. */
  readonly meanShapeErrorPx: number
}

/**
 * Computes the mean shape of the training faces and the error of predicting it, from faces as the network sees them.
 *
 * @throws FacekpError `DATASET_EMPTY`; `DATASET_UNLABELED` if no point of a test face has a label
 */
export async function measureMeanShape(train: Dataset, test: Dataset): Promise<MeanShapeBaseline> {
  checkArgument(KINDS.dataset, train, 'train', 'measureMeanShape')
  checkArgument(KINDS.dataset, test, 'test', 'measureMeanShape')
  const shape = await meanShape(train)
  return { meanShape: shape, meanShapeErrorPx: await shapeError(shape, test) }
}
