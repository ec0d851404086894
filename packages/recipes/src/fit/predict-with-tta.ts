import type { Augmentation } from '@facekp/augment'
import { type Dataset, type Json, mapDataset, randomStream } from '@facekp/core'
import { type Prediction, type Predictions, predict, sourceErrorPx } from '@facekp/trainer'
import type * as tf from '@tensorflow/tfjs'

/**
 * Predicts with test-time augmentation: the mean over random views of each sample, mapped back through the view.
 *
 * @param options.transform makes a view of the size that the model takes
 * @param options.seed the same seed gives the same views
 */
export async function predictWithTta(
  model: tf.LayersModel,
  dataset: Dataset,
  options: { readonly transform: Augmentation; readonly views: number; readonly seed: number },
): Promise<Pick<Predictions, 'predictions' | 'errorPx'>> {
  const { transform, views, seed } = options
  const samples = await Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.get(index)))
  const sums = samples.map(({ keypoints }) => new Float32Array(keypoints.length))
  for (let view = 0; view < views; view++) {
    const params = samples.map(
      (sample, index): Json =>
        transform.makeParams(randomStream({ seed, purpose: 'view', epoch: view, index }), sample),
    )
    const viewed = mapDataset(dataset, (sample, index) => transform.apply(sample, params[index] as Json))
    const { predictions } = await predict(model, viewed)
    for (const [index, { points }] of predictions.entries()) {
      const sum = sums[index] as Float32Array
      const mapped = transform.inverse(params[index] as Json)(points)
      for (const [i, value] of mapped.entries()) sum[i] = (sum[i] as number) + value
    }
  }
  const predictions = samples.map((sample, index): Prediction => {
    const points = (sums[index] as Float32Array).map((sum) => sum / views)
    return { sample, points, errorPx: sourceErrorPx(sample, points) }
  })
  return { predictions, errorPx: predictions.reduce((sum, { errorPx }) => sum + errorPx, 0) / predictions.length }
}
