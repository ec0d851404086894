import {
  checkArgument,
  type Dataset,
  FacekpError,
  fromRelative,
  type Keypoints,
  NOT_LABELED,
  pointDistances,
  type Sample,
  toRelative,
  toSourcePoints,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkSamePoints } from '@facekp/options'
import { isLabeled, unlabeledError } from '../data/check-labels.ts'
import { loadSample } from '../data/load-sample.ts'

/**
 * Computes the mean distance between a sample's labeled points and predicted ones, in pixels of the original file.
 *
 * @param prediction N points in coordinates of the sample's image
 *
 * @returns NaN if no point has a label, or if the prediction of one that has is NaN
 */
export function sourceErrorPx(sample: Sample, prediction: Keypoints): number {
  checkArgument(KINDS.sample, sample, 'sample', 'sourceErrorPx')
  checkArgument(KINDS.keypoints, prediction, 'prediction', 'sourceErrorPx')
  return average(sourceDistances(sample, prediction).filter((_, point) => sample.visibility[point] !== NOT_LABELED))
}

/** Computes the mean of the errors of the samples that have a label; NaN if none has. */
export function meanErrorPx(predictions: readonly { readonly sample: Sample; readonly errorPx: number }[]): number {
  return average(predictions.filter(({ sample }) => isLabeled(sample)).map(({ errorPx }) => errorPx))
}

/**
 * Computes the distance between each point of a sample and the predicted one, in pixels of the original file.
 *
 * @param prediction N points in coordinates of the sample's image
 *
 * @returns N numbers, NaN for points without a label
 */
export function sourceDistances(sample: Sample, prediction: Keypoints): number[] {
  const distances = pointDistances(toSourcePoints(sample, sample.keypoints), toSourcePoints(sample, prediction))
  return Array.from(distances, (distance, point) => (sample.visibility[point] === NOT_LABELED ? Number.NaN : distance))
}

/**
 * Computes the mean of each point over a dataset.
 *
 * @returns 2 N relative coordinates, NaN for points that no sample labels
 *
 * @throws `DATASET_EMPTY`
 */
export async function meanShape(dataset: Dataset): Promise<Float32Array> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'meanShape')
  const values = 2 * dataset.scheme.pointNames.length
  const sums = new Float64Array(values)
  const counts = new Float64Array(values)
  for await (const { keypoints, image, visibility } of loadSamples(dataset)) {
    for (const [i, value] of toRelative(keypoints, image.width, image.height).entries()) {
      if (visibility[i >> 1] === NOT_LABELED) continue
      sums[i] = (sums[i] as number) + value
      counts[i] = (counts[i] as number) + 1
    }
  }
  return Float32Array.from(sums, (sum, i) => sum / (counts[i] as number))
}

/**
 * Computes the error of predicting the mean shape of `train` for every image, in pixels of the original files: the baseline that a
 * network must beat.
 *
 * @throws `DATASET_EMPTY`; `KEYPOINT_COUNT` if `validation` has other points than `train`, or in another order; `DATASET_UNLABELED` if no point of
 *   `validation` has a label
 */
export async function meanShapeError(train: Dataset, validation: Dataset): Promise<number> {
  checkArgument(KINDS.dataset, train, 'train', 'meanShapeError')
  checkArgument(KINDS.dataset, validation, 'validation', 'meanShapeError')
  const problem = 'meanShapeError: validation has other points than train'
  checkSamePoints(train, validation, { code: 'KEYPOINT_COUNT', problem, name: 'train' })
  return shapeError(await meanShape(train), validation)
}

/**
 * Computes the error of predicting the same points for every image, in pixels of the original files.
 *
 * @param shape 2 N relative coordinates, such as those of {@link meanShape}
 *
 * @throws `DATASET_EMPTY`; `DATASET_UNLABELED` if no point of `validation` has a label
 */
export async function shapeError(shape: Float32Array, validation: Dataset): Promise<number> {
  checkArgument(KINDS.keypoints, shape, 'shape', 'shapeError')
  checkArgument(KINDS.dataset, validation, 'validation', 'shapeError')
  const errors: number[] = []
  let hasLabel = false
  for await (const sample of loadSamples(validation)) {
    hasLabel ||= isLabeled(sample)
    // A point that no sample of the shape labels is NaN in it.
    errors.push(mean(sourceDistances(sample, fromRelative(shape, sample.image.width, sample.image.height))))
  }
  if (!hasLabel) throw unlabeledError('validation')
  return mean(errors)
}

/** Computes the mean of the values that are not NaN; NaN for no values. */
export function mean(values: readonly number[]): number {
  return average(values.filter((value) => !Number.isNaN(value)))
}

/** Computes the mean of values; NaN for no values. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

async function* loadSamples(dataset: Dataset): AsyncGenerator<Sample> {
  if (dataset.length === 0) {
    throw new FacekpError({
      code: 'DATASET_EMPTY',
      problem: 'the dataset is empty',
      received: '0 samples',
      expected: '1 sample or more',
    })
  }
  for (let index = 0; index < dataset.length; index++) yield loadSample(dataset, index)
}
