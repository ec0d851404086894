import { type Dataset, FacekpError, flipIndices, fromRelative, type Keypoints, type Sample } from '@facekp/core'
import type { Decoded, Head } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { checkedOptions } from '../checked-options.ts'
import { batchesOf, weightOf } from '../data/batches.ts'
import type { PointWeights } from '../data/point-weights.ts'
import { turns } from '../loop/create-yielder.ts'
import { computeLoss, type Loss } from '../losses/loss.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import { type LossSettings, resolveLoss } from '../losses/registry.ts'
import { checkModel, tensorsOf } from '../model/check-model.ts'
import { decodePoints, pointsHead } from '../model/head.ts'
import { anyLossSchema, countSchema, headSchema, pointWeightsSchema, signalSchema } from '../options/option-schemas.ts'
import { mean, sourceErrorPx } from './errors-in-pixels.ts'

/** What a model said of one sample. */
export interface Prediction {
  readonly sample: Sample
  /** N points in coordinates of the sample's image; `toSourcePoints(sample, points)` gives them in those of its file. */
  readonly points: Keypoints
  /** Mean distance over the labeled points in pixels of the original file; NaN where none has a label. */
  readonly errorPx: number
  /** N numbers of 0..1; absent where the head does not tell them. */
  readonly confidence?: Float32Array
}

/** What a model said of a data set. */
export interface Predictions {
  /** One a sample, in the data set's order. */
  readonly predictions: readonly Prediction[]
  /** Mean over the faces, in pixels of the original files. */
  readonly errorPx: number
  /** Mean over the faces' points, each by what it counts; 0 where none counts. */
  readonly loss: number
}

export interface PredictOptions {
  /** How points are read from the model in place of its output, such as `getHead(model)` of `@facekp/models`: for confidences. */
  readonly head?: Head | undefined
  /** How many at once, default 32: changes speed and memory, not the result. */
  readonly batchSize?: number | undefined
  /** Which loss to tell, one by its name with its options or one made by its function; default mean squared error. With `flipTest`, one of points is of their means, one of a head of the picture itself. */
  readonly loss?: Loss | LossSettings | undefined
  /** What points count in that loss. */
  readonly pointWeights?: PointWeights | undefined
  /** Takes the mean of what is found in a picture and in its mirror image, taken back: twice the time, a little better (default false). */
  readonly flipTest?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema: z.ZodType<PredictOptions> = z.strictObject({
  head: headSchema.optional(),
  batchSize: countSchema.optional(),
  loss: anyLossSchema.optional(),
  pointWeights: pointWeightsSchema.optional(),
  flipTest: z.boolean().optional(),
  signal: signalSchema.optional(),
})

/**
 * Predicts the points of every sample. Leaves no tensor behind.
 *
 * Throws `TRAIN_OPTION` for an option that there is not or that cannot be, `DATASET_EMPTY`, what `dataset.get` throws, `MODEL_OUTPUT`, `MODEL_INPUT` and `IMAGE_SIZE` where model and data set do not fit
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
  options: PredictOptions = {},
): Promise<Predictions> {
  const { batchSize = 32, pointWeights, flipTest = false, signal, ...own } = checkedOptions(optionsSchema, options)
  const [head, loss] = [own.head ?? pointsHead(model), resolveLoss(own.loss ?? mseLoss)]
  if (dataset.length === 0) throw new FacekpError({ code: 'DATASET_EMPTY', problem: 'there is nothing to predict' })
  const shape = checkModel(head.network, dataset, own.head)
  const mirrored = flipIndices(dataset.scheme)
  const faces: Prediction[] = []
  const maybeYield = turns()
  let [lossSum, weightSum] = [0, 0]
  for await (const batch of batchesOf(dataset, { batchSize, pointWeights, signal })) {
    const told = tf.tidy(() => {
      const { images, ...truth } = tensorsOf(batch, shape)
      const foundIn = (pictures: tf.Tensor4D): Decoded =>
        decodePoints(head, head.network.predict(pictures), mirrored.length)
      const direct = foundIn(images)
      const decoded = flipTest ? { ...direct, ...meanOf(direct, foundIn(images.reverse(2)), mirrored) } : direct
      const { points, confidence } = decoded
      return { points, confidence, loss: computeLoss(loss, decoded, { ...truth, aspectRatio: shape[1] / shape[0] }) }
    })
    const [relative, confidences, batchLoss] = await Promise.all([
      told.points.data<'float32'>(),
      told.confidence?.data<'float32'>(),
      told.loss.data(),
    ])
    tf.dispose(Object.values(told))
    lossSum += (batchLoss[0] as number) * weightOf(batch)
    weightSum += weightOf(batch)
    for (const [i, sample] of batch.samples.entries()) {
      const own = partOf(relative, i, batch.samples.length)
      const points = fromRelative(own, sample.image.width, sample.image.height)
      const confidence = confidences && { confidence: partOf(confidences, i, batch.samples.length) }
      faces.push({ sample, points, errorPx: sourceErrorPx(sample, points), ...confidence })
    }
    await maybeYield()
  }
  return { predictions: faces, errorPx: mean(faces.map(({ errorPx }) => errorPx)), loss: lossSum / (weightSum || 1) }
}

/** The `i`th of so many equal parts. */
function partOf(numbers: Float32Array, i: number, parts: number): Float32Array {
  const length = numbers.length / parts
  return numbers.slice(i * length, (i + 1) * length)
}

/** The means of what was found in pictures and of what was found in their mirror images, taken back. */
function meanOf(direct: Decoded, mirror: Decoded, mirrored: readonly number[]): Pick<Decoded, 'points' | 'confidence'> {
  const points = mirror.points.reshape([-1, mirrored.length, 2]).gather([...mirrored], 1)
  const back = points.mul(tf.tensor1d([-1, 1])).add(tf.tensor1d([1, 0]))
  const mean = { points: direct.points.add(back.reshape(direct.points.shape)).div<tf.Tensor2D>(2) }
  if (!direct.confidence || !mirror.confidence) return mean
  return { ...mean, confidence: direct.confidence.add(mirror.confidence.gather([...mirrored], 1)).div(2) }
}
