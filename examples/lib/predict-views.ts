import type { Augmentation } from '@facekp/augment'
import { type Dataset, type Json, mapDataset, randomStream } from '@facekp/core'
import { type Predictions, predict, sourceErrorPx } from '@facekp/trainer'
import type * as tf from '@tensorflow/tfjs'

/**
 * Test-time augmentation: predicts the points of each face in several views of it, takes them back through what made the view, and
 * gives their mean.
 *
 * @param view makes a view of the size that the model takes; drawn anew for each face and view, the same for the same seed
 */
export async function predictViews(
  model: tf.LayersModel,
  dataset: Dataset,
  view: Augmentation,
  { views, seed }: { readonly views: number; readonly seed: number },
): Promise<Pick<Predictions, 'predictions' | 'errorPx'>> {
  const samples = await Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.get(index)))
  const sums = samples.map(({ keypoints }) => new Float32Array(keypoints.length))
  for (let number = 0; number < views; number++) {
    const params = samples.map(
      (sample, index): Json => view.makeParams(randomStream({ seed, purpose: 'view', epoch: number, index }), sample),
    )
    const seen = mapDataset(dataset, (sample, index) => view.apply(sample, params[index] as Json))
    for (const [index, { points }] of (await predict(model, seen)).predictions.entries()) {
      const [sum, back] = [sums[index] as Float32Array, view.inverse(params[index] as Json)(points)]
      for (const [i, value] of back.entries()) sum[i] = (sum[i] as number) + value
    }
  }
  const faces = samples.map((sample, index) => {
    const points = (sums[index] as Float32Array).map((sum) => sum / views)
    return { sample, points, errorPx: sourceErrorPx(sample, points) }
  })
  return { predictions: faces, errorPx: faces.reduce((sum, { errorPx }) => sum + errorPx, 0) / faces.length }
}
