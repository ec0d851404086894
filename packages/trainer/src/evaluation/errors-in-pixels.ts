import {
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

/**
 * Mean distance of a sample's labeled points from where they were predicted, in pixels of the ORIGINAL file: both are
 * mapped back through `toSource` first. NaN where no point has a label.
 *
 * @param prediction N points in coordinates of the sample's image
 */
export function sourceErrorPx(sample: Sample, prediction: Keypoints): number {
  return mean(sourceDistances(sample, prediction))
}

/**
 * Distance of each point of a sample from where it was predicted, in pixels of the ORIGINAL file: N numbers, NaN for a point
 * without a label.
 *
 * @param prediction N points in coordinates of the sample's image
 */
export function sourceDistances(sample: Sample, prediction: Keypoints): number[] {
  const distances = pointDistances(toSourcePoints(sample, sample.keypoints), toSourcePoints(sample, prediction))
  return Array.from(distances, (distance, point) => (sample.visibility[point] === NOT_LABELED ? Number.NaN : distance))
}

/**
 * Where each point lies on average over a data set: 2 N relative coordinates, NaN for a point that no sample labels.
 * Throws `DATASET_EMPTY`.
 */
export async function meanShape(dataset: Dataset): Promise<Float32Array> {
  const values = 2 * dataset.scheme.pointNames.length
  const [sums, counts] = [new Float64Array(values), new Float64Array(values)]
  for await (const { keypoints, image, visibility } of samplesOf(dataset)) {
    for (const [i, value] of toRelative(keypoints, image.width, image.height).entries()) {
      if (visibility[i >> 1] === NOT_LABELED) continue
      sums[i] = (sums[i] as number) + value
      counts[i] = (counts[i] as number) + 1
    }
  }
  return Float32Array.from(sums, (sum, i) => sum / (counts[i] as number))
}

/**
 * The error, in original pixels, of predicting each point where it lies on average over `train` (in relative
 * coordinates), whatever the picture shows: what a network must beat. Throws `DATASET_EMPTY`.
 */
export async function meanShapeError(train: Dataset, validation: Dataset): Promise<number> {
  return shapeError(await meanShape(train), validation)
}

/**
 * The error, in original pixels, of predicting the same points for every sample: {@link meanShapeError} for a mean shape that is at
 * hand. Throws `DATASET_EMPTY`.
 *
 * @param shape 2 N relative coordinates, as {@link meanShape} gives them
 */
export async function shapeError(shape: Float32Array, validation: Dataset): Promise<number> {
  const errors: number[] = []
  for await (const sample of samplesOf(validation)) {
    errors.push(sourceErrorPx(sample, fromRelative(shape, sample.image.width, sample.image.height)))
  }
  return mean(errors)
}

/** The mean of what is a number; NaN where nothing is. */
export function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

async function* samplesOf(dataset: Dataset): AsyncGenerator<Sample> {
  if (dataset.length === 0) {
    throw new FacekpError({ code: 'DATASET_EMPTY', problem: 'the data set holds no sample' })
  }
  for (let index = 0; index < dataset.length; index++) yield dataset.get(index)
}
