import {
  checkArgument,
  type Dataset,
  FacekpError,
  flipIndices,
  fromRelative,
  type Keypoints,
  type Sample,
  type SampleLoader,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createYielder } from '@facekp/event-loop'
import { parseOptions } from '@facekp/options'
import type { Decoded, Head } from '@facekp/tfjs-utils'
import { readPreprocessing } from '@facekp/tfjs-utils'
import { readTensors } from '@facekp/tfjs-utils/read-tensors'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod/mini'
import { type Batch, loadBatches, totalWeight } from '../data/batches.ts'
import { type LoadIndex, loadSample } from '../data/load-sample.ts'
import type { PointWeights } from '../data/point-weights.ts'
import { computeLoss, type Loss } from '../losses/loss.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import { type LossSettings, resolveLoss } from '../losses/resolve-loss.ts'
import { checkModel, toTensors } from '../model/check-model.ts'
import { explainDisposal } from '../model/disposal.ts'
import { decodePoints, pointsHead } from '../model/head.ts'
import type { InputShape } from '../model/input-shape.ts'
import {
  anyLossSchema,
  countSchema,
  headSchema,
  loaderSchema,
  pointWeightsSchema,
  signalSchema,
} from '../options/option-schemas.ts'
import { meanErrorPx, sourceErrorPx } from './errors-in-pixels.ts'
import { averageFlipped } from './flip-test.ts'
import { createView, type TtaOptions, ttaSchema } from './tta.ts'

/** Predicted points of one sample. */
export interface Prediction {
  readonly sample: Sample
  /** N points in coordinates of the sample's image; `toSourcePoints(sample, points)` maps them to those of its file. */
  readonly points: Keypoints
  /** Mean distance over the labeled points, in pixels of the original file; NaN if none has a label or one is predicted as NaN. */
  readonly errorPx: number
  /** N numbers of 0 to 1; absent if the head has no confidence. */
  readonly confidence?: Float32Array
}

/** Predictions for a dataset. */
export interface Predictions {
  /** One a sample, in the order of the dataset. */
  readonly predictions: readonly Prediction[]
  /** Mean error over the samples that have a label, in pixels of the original files; NaN if none has or one's error is. */
  readonly errorPx: number
  /** Mean loss over the points, each with its weight; 0 if all weights are 0. */
  readonly loss: number
}

export interface PredictOptions {
  /** Reads points from the model's outputs, such as `getHead(model)` of `@facekp/models` (default: the output is points). */
  readonly head?: Head | undefined
  /** Samples a batch (default 32); it changes speed and memory, not the result. */
  readonly batchSize?: number | undefined
  /**
   * Loss to compute (default: mean squared error). With `flipTest` a loss of points is that of their means, one of a head's outputs
   * that of the image itself; with `tta` it is the mean over the views.
   */
  readonly loss?: Loss | LossSettings | undefined
  /** Weights of points in that loss (default: all 1). */
  readonly pointWeights?: PointWeights | undefined
  /** Whether to average the points of each image and of its mirror image, which takes twice the time (default false). */
  readonly flipTest?: boolean | undefined
  /** Test-time augmentation: averages the points of several views of each sample (default: none). */
  readonly tta?: TtaOptions | undefined
  /** Loads the samples, such as the `loader` of an `augmentPool`, whose threads read them while the network runs (default: `dataset.get`). */
  readonly loader?: SampleLoader | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema: z.ZodMiniType<PredictOptions> = z.strictObject({
  head: z.optional(headSchema),
  batchSize: z.optional(countSchema),
  loss: z.optional(anyLossSchema),
  pointWeights: z.optional(pointWeightsSchema),
  flipTest: z.optional(z.boolean()),
  tta: z.optional(ttaSchema),
  loader: z.optional(loaderSchema),
  signal: z.optional(signalSchema),
})

/**
 * Predicts the points of every sample of a dataset. No tensor remains.
 *
 * @throws `TRAIN_OPTION` for an invalid option; `DATASET_EMPTY`; `MODEL_OUTPUT`, `MODEL_INPUT`, `MODEL_DISPOSED`, `MODEL_PREPROCESSING` and `IMAGE_SIZE` if
 * model and dataset do not suit each other; what `dataset.get` throws, and the signal's reason once it is aborted
 *
 * @example
 * ```ts
 * import type { Dataset } from '@facekp/core'
 * import { predict } from '@facekp/trainer'
 * import type { LayersModel } from '@tensorflow/tfjs'
 *
 * export async function printError(model: LayersModel, test: Dataset) {
 *   const { errorPx } = await predict(model, test)
 *   console.log(`mean error ${errorPx.toFixed(2)} px`)
 * }
 * ```
 */
export async function predict(
  model: tfl.LayersModel,
  dataset: Dataset,
  options: PredictOptions = {},
): Promise<Predictions> {
  checkArgument(KINDS.model, model, 'model', 'predict')
  checkArgument(KINDS.dataset, dataset, 'dataset', 'predict')
  checkArgument(KINDS.object, options, 'options', 'predict')
  const { tta, loader, ...checked } = parseOptions({
    schema: optionsSchema,
    value: options,
    code: 'TRAIN_OPTION',
    name: 'predict',
  })
  if (dataset.length === 0) {
    throw new FacekpError({
      code: 'DATASET_EMPTY',
      problem: 'the dataset is empty',
      received: '0 samples',
      expected: '1 sample or more',
    })
  }
  const load: LoadIndex | undefined = loader && ((index, signal) => loader({ index, seed: 0, epoch: 1 }, signal))
  return tta
    ? predictViews(model, dataset, tta, { ...checked, load })
    : predictOnce(model, dataset, { ...checked, load })
}

interface LoadOptions extends Omit<PredictOptions, 'tta' | 'loader'> {
  readonly load?: LoadIndex | undefined
}

async function predictOnce(model: tfl.LayersModel, dataset: Dataset, options: LoadOptions): Promise<Predictions> {
  const { batchSize = 32, pointWeights, load, signal } = options
  const head = options.head ?? pointsHead(model)
  const inputShape = checkModel(head.network, dataset, options.head)
  const preprocessing = readPreprocessing(model)
  const network: BatchNetwork = {
    head,
    inputShape,
    loss: resolveLoss(options.loss ?? mseLoss),
    flipIndices: flipIndices(dataset.scheme),
    flipTest: options.flipTest ?? false,
  }
  const predictions: Prediction[] = []
  const maybeYield = createYielder()
  let lossSum = 0
  let weightSum = 0
  for await (const batch of loadBatches(dataset, { batchSize, pointWeights, preprocessing, load, signal })) {
    const { points, confidence, loss } = await predictBatch(batch, network).catch((error) => {
      throw explainDisposal(model, error) ?? error
    })
    const weight = totalWeight(batch)
    lossSum += loss * weight
    weightSum += weight
    for (const [i, sample] of batch.samples.entries()) {
      const samplePoints = fromRelative(slicePart(points, i, batch), sample.image.width, sample.image.height)
      predictions.push({
        sample,
        points: samplePoints,
        errorPx: sourceErrorPx(sample, samplePoints),
        ...(confidence && { confidence: slicePart(confidence, i, batch) }),
      })
    }
    await maybeYield()
  }
  return { predictions, errorPx: meanErrorPx(predictions), loss: lossSum / (weightSum || 1) }
}

/** Predicts the points of each view, maps them back and averages them. */
async function predictViews(
  model: tfl.LayersModel,
  dataset: Dataset,
  tta: TtaOptions,
  { load, ...options }: LoadOptions,
): Promise<Predictions> {
  const samples: Sample[] = []
  for (let index = 0; index < dataset.length; index++) {
    samples.push(await loadSample(dataset, index, { load, signal: options.signal }))
  }
  const pointSums: Float32Array[] = []
  const confidenceSums: Float32Array[] = []
  let lossSum = 0
  for (let i = 0; i < tta.views; i++) {
    const view = createView(dataset, samples, tta, i)
    const { predictions, loss } = await predictOnce(model, view.dataset, options)
    lossSum += loss
    for (const [index, { points, confidence }] of predictions.entries()) {
      addTo(pointSums, index, view.invert(index, points))
      if (confidence) addTo(confidenceSums, index, confidence)
    }
  }
  const predictions = samples.map((sample, index): Prediction => {
    const points = (pointSums[index] as Float32Array).map((sum) => sum / tta.views)
    const confidence = confidenceSums[index]?.map((sum) => sum / tta.views)
    return { sample, points, errorPx: sourceErrorPx(sample, points), ...(confidence && { confidence }) }
  })
  return { predictions, errorPx: meanErrorPx(predictions), loss: lossSum / tta.views }
}

/** Adds values to the sums at an index. */
function addTo(sums: Float32Array[], index: number, values: Float32Array): void {
  const sum = sums[index] ?? new Float32Array(values.length)
  sums[index] = sum
  for (const [i, value] of values.entries()) sum[i] = (sum[i] as number) + value
}

interface BatchNetwork {
  readonly head: Head
  readonly inputShape: InputShape
  readonly loss: Loss
  readonly flipIndices: readonly number[]
  readonly flipTest: boolean
}

/** Runs the network on a batch and reads points, confidence and loss. */
async function predictBatch(
  batch: Batch,
  { head, inputShape, loss, flipIndices, flipTest }: BatchNetwork,
): Promise<{ points: Float32Array; confidence: Float32Array | undefined; loss: number }> {
  const aspectRatio = inputShape[1] / inputShape[0]
  const outputs = tf.tidy(() => {
    const { images, ...targets } = toTensors(batch, inputShape)
    const decode = (input: tf.Tensor4D): Decoded => decodePoints(head, head.network.predict(input), flipIndices.length)
    const direct = decode(images)
    const decoded = flipTest
      ? { ...direct, ...averageFlipped(direct, decode(tf.reverse(images, 2)), flipIndices) }
      : direct
    const { points, confidence } = decoded
    return { points, confidence, loss: computeLoss(loss, decoded, { ...targets, aspectRatio }) }
  })
  const tensors = [outputs.loss, outputs.points, ...(outputs.confidence ? [outputs.confidence] : [])]
  const [losses, points, confidence] = (await readTensors(tensors)) as [Float32Array, Float32Array, Float32Array?]
  return { points, confidence, loss: losses[0] as number }
}

/** Returns the numbers of the `i`-th sample of a batch. */
function slicePart(numbers: Float32Array, i: number, { samples }: Batch): Float32Array {
  const length = numbers.length / samples.length
  return numbers.slice(i * length, (i + 1) * length)
}
