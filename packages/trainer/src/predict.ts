import { type Dataset, fromRelative, type Keypoints, type Sample } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { batchesOf } from './batches.ts'
import { mean, sourceErrorPx } from './errors-in-pixels.ts'
import { meanSquaredError } from './losses/mean-squared-error.ts'
import type { PointLoss } from './losses/point-loss.ts'
import type { PointWeights } from './losses/point-weights.ts'
import { checkModel, tensorsOf } from './model-check.ts'
import { turns } from './turns.ts'

/** What a model said of one sample. */
export interface Prediction {
  readonly sample: Sample
  /** N points in coordinates of the sample's image; `toSourcePoints(sample, points)` gives them in those of its file. */
  readonly points: Keypoints
  /** Mean distance over the labelled points in pixels of the original file; NaN where none has a label. */
  readonly errorPx: number
}

/** What a model said of a data set. */
export interface Predictions {
  /** One a sample, in the data set's order. */
  readonly faces: readonly Prediction[]
  /** Mean over the faces, in pixels of the original files. */
  readonly errorPx: number
  /** Mean over the faces. */
  readonly loss: number
}

/**
 * Predicts the points of every sample. Leaves no tensor behind.
 *
 * @param options.batchSize how many at once, default 32: changes speed and memory, not the result
 * @param options.loss which loss to tell, default mean squared error
 * @param options.pointWeights what points count in that loss
 *
 * Throws what `dataset.get` throws, `MODEL_OUTPUT`, `MODEL_INPUT` and `IMAGE_SIZE` where model and data set do not fit
 * each other, and the signal's reason once it is aborted.
 *
 * @example
 * ```ts
 * const { errorPx, faces } = await predict(model, validation)
 * ```
 */
export async function predict(
  model: tf.LayersModel,
  dataset: Dataset,
  {
    batchSize = 32,
    loss = meanSquaredError,
    pointWeights,
    signal,
  }: {
    readonly batchSize?: number
    readonly loss?: PointLoss
    readonly pointWeights?: PointWeights | undefined
    readonly signal?: AbortSignal | undefined
  } = {},
): Promise<Predictions> {
  const shape = checkModel(model, dataset)
  const faces: Prediction[] = []
  const giveTurn = turns()
  let lossSum = 0
  for await (const batch of batchesOf(dataset, { batchSize, pointWeights, signal })) {
    const [output, lossValue] = tf.tidy(() => {
      const { images, ...truth } = tensorsOf(batch, shape)
      const prediction = model.predict(images) as tf.Tensor2D
      return [prediction, loss(prediction, { ...truth, aspect: shape[1] / shape[0] })]
    })
    const [relative, batchLoss] = await Promise.all([output.data(), lossValue.data()])
    tf.dispose([output, lossValue])
    lossSum += (batchLoss[0] as number) * batch.samples.length
    for (const [i, sample] of batch.samples.entries()) {
      const numbers = relative.length / batch.samples.length
      const own = relative.subarray(i * numbers, (i + 1) * numbers)
      const points = fromRelative(own, sample.image.width, sample.image.height)
      faces.push({ sample, points, errorPx: sourceErrorPx(sample, points) })
    }
    await giveTurn()
  }
  return { faces, errorPx: mean(faces.map(({ errorPx }) => errorPx)), loss: lossSum / faces.length }
}
