import { type Dataset, fromRelative, type Keypoints, mirrorIndices, type Sample } from '@facekp/core'
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

export interface PredictOptions {
  /** How many at once, default 32: changes speed and memory, not the result. */
  readonly batchSize?: number
  /** Which loss to tell, default mean squared error. */
  readonly loss?: PointLoss
  /** What points count in that loss. */
  readonly pointWeights?: PointWeights | undefined
  /** Takes the mean of what is found in a picture and in its mirror image, taken back: twice the time, a little better (default false). */
  readonly flipTest?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Predicts the points of every sample. Leaves no tensor behind.
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
  { batchSize = 32, loss = meanSquaredError, pointWeights, flipTest = false, signal }: PredictOptions = {},
): Promise<Predictions> {
  const shape = checkModel(model, dataset)
  const mirrored = mirrorIndices(dataset.scheme)
  const faces: Prediction[] = []
  const giveTurn = turns()
  let lossSum = 0
  for await (const batch of batchesOf(dataset, { batchSize, pointWeights, signal })) {
    const [output, lossValue] = tf.tidy(() => {
      const { images, ...truth } = tensorsOf(batch, shape)
      const direct = model.predict(images) as tf.Tensor2D
      const prediction = flipTest
        ? withMirrored(direct, model.predict(images.reverse(2)) as tf.Tensor2D, mirrored)
        : direct
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

/** The mean of [batch, 2 N] relative coordinates and of those found in the mirror image, taken back. */
function withMirrored(direct: tf.Tensor2D, found: tf.Tensor2D, mirrored: readonly number[]): tf.Tensor2D {
  const points = found.reshape([-1, mirrored.length, 2]).gather([...mirrored], 1)
  const back = points.mul(tf.tensor1d([-1, 1])).add(tf.tensor1d([1, 0]))
  return direct.add(back.reshape(direct.shape)).div(2) as tf.Tensor2D
}
