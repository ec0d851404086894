import { type Dataset, FacekpError, type Json, type SampleReader, sampleReader, type Transform } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { adam } from './adam.ts'
import { type Batch, epochBatches } from './batches.ts'
import { clipByNorm } from './clip.ts'
import { meanSquaredError, type PointLoss } from './losses.ts'
import { checkModel, type InputShape, tensorsOf } from './model-check.ts'
import { predict } from './predict.ts'
import type { Schedule } from './schedule.ts'
import { turns } from './turns.ts'

const settingsSchema = z.object({
  epochs: z.number().int().positive(),
  batchSize: z.number().int().positive(),
  seed: z.number().int().default(0),
  maxGradientNorm: z.number().positive().optional(),
  learningRate: z.union([z.number().positive(), z.custom<Schedule>((value) => typeof value === 'function')]),
})

export interface TrainOptions {
  /** [batch, height, width, channels] -> [batch, 2 N]: relative coordinates. Trained in place. */
  readonly model: tf.LayersModel
  readonly train: Dataset
  /** Measured after each epoch. */
  readonly validation?: Dataset | undefined
  /** Changes each training sample anew in each epoch: augmentation. */
  readonly transform?: Transform<Json> | undefined
  /**
   * Gives the training samples in place of `train.get` and `transform`, which it must do itself: a pool of workers, such as
   * `augmentPool` of `@facekp/augment/node`. A batch is asked for while the one before it is trained on.
   */
  readonly read?: SampleReader | undefined
  readonly epochs: number
  readonly batchSize: number
  /** Adam's step size: a number, or one that changes with the training's progress. */
  readonly learningRate: number | Schedule
  /** Default {@link meanSquaredError}. */
  readonly loss?: PointLoss | undefined
  /** Gradients of a larger joint norm are scaled down to it. */
  readonly maxGradientNorm?: number | undefined
  /** Order and augmentation follow from it (default 0); the model's first weights are the model's own. */
  readonly seed?: number | undefined
  /** Ends the training after the step under way; what was learnt stays in the model. */
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((step: StepReport) => void) | undefined
  readonly onEpoch?: ((epoch: EpochReport) => void | Promise<void>) | undefined
}

/** Told after each step. */
export interface StepReport {
  /** From 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps done. */
  readonly step: number
  readonly steps: number
  /** Images seen so far, and in the whole training. */
  readonly images: number
  readonly totalImages: number
  /** Of this batch, before the step. */
  readonly loss: number
  readonly learningRate: number
}

/** Told after each epoch: plain JSON. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number
  /** Steps done. */
  readonly step: number
  /** Mean over the epoch's images, each measured before its step. */
  readonly trainLoss: number
  readonly validationLoss?: number
  /** Mean point error over the validation set, in pixels of the original files. */
  readonly validationErrorPx?: number
  /** Of the epoch's last step. */
  readonly learningRate: number
  /** Of training alone, without validation. */
  readonly seconds: number
  readonly imagesPerSecond: number
}

export interface TrainResult {
  /** One entry a finished epoch. */
  readonly history: readonly EpochReport[]
  /** Steps done. */
  readonly steps: number
  /** Of training alone, without validation. */
  readonly seconds: number
  readonly imagesPerSecond: number
  /** Whether the signal ended it before its last epoch was done. */
  readonly interrupted: boolean
}

/**
 * Trains a model on keypoints with Adam. The same seed, model weights, data and engine give the same losses. Leaves no
 * tensor behind but the model's own.
 *
 * Throws `TRAIN_OPTION` for an option out of range, `LOSS_NOT_FINITE` where the loss is no longer a number (named with
 * epoch, step and samples; the weights are those before that step), `DATASET_EMPTY`, and what {@link predict} throws.
 *
 * @example
 * ```ts
 * const { history } = await train({
 *   model, train: faces, validation, epochs: 20, batchSize: 4, learningRate: 1e-4, seed: 1,
 *   onEpoch: ({ epoch, validationErrorPx }) => console.log(epoch, validationErrorPx),
 * })
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, train: dataset, validation, loss = meanSquaredError, signal, onStep, onEpoch } = options
  const { epochs, batchSize, seed, maxGradientNorm, learningRate } = checkSettings(options)
  const read = readerOf(options)
  if (dataset.length === 0) throw new FacekpError({ code: 'DATASET_EMPTY', problem: 'there is nothing to train on' })
  const shape = checkModel(model, dataset)
  const steps = epochs * Math.ceil(dataset.length / batchSize)
  const variables = model.trainableWeights.map(variableOf)
  const optimizer = adam()
  const giveTurn = turns()
  const history: EpochReport[] = []
  let [step, images, seconds] = [0, 0, 0]

  const runEpoch = async (epoch: number): Promise<EpochReport> => {
    const start = performance.now()
    let [lossSum, rate] = [0, 0]
    for await (const batch of epochBatches(dataset, { batchSize, seed, epoch, read, signal })) {
      rate = typeof learningRate === 'number' ? learningRate : learningRate({ step, steps })
      const { value, gradients } = await lossAndGradients(model, variables, batch, shape, loss)
      try {
        if (!Number.isFinite(value)) throw lossNotFinite(value, epoch, step + 1, batch)
        if (maxGradientNorm === undefined) optimizer.apply(variables, gradients, rate)
        else {
          const clipped = clipByNorm(gradients, maxGradientNorm)
          optimizer.apply(variables, clipped, rate)
          tf.dispose(clipped)
        }
      } finally {
        tf.dispose(gradients)
      }
      step++
      images += batch.samples.length
      lossSum += value * batch.samples.length
      const totalImages = epochs * dataset.length
      onStep?.({ epoch, epochs, step, steps, images, totalImages, loss: value, learningRate: rate })
      await giveTurn()
    }
    const epochSeconds = (performance.now() - start) / 1000
    seconds += epochSeconds
    const measured = validation && (await predict(model, validation, { loss, signal }))
    return {
      epoch,
      step,
      trainLoss: lossSum / dataset.length,
      ...(measured ? { validationLoss: measured.loss, validationErrorPx: measured.errorPx } : {}),
      learningRate: rate,
      seconds: epochSeconds,
      imagesPerSecond: dataset.length / epochSeconds,
    }
  }

  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const report = await runEpoch(epoch)
      history.push(report)
      await onEpoch?.(report)
    }
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error
  } finally {
    optimizer.dispose()
  }
  return { history, steps: step, seconds, imagesPerSecond: images / seconds, interrupted: history.length < epochs }
}

/** The loss of a batch and its gradient by each variable, which are the caller's to dispose of. */
async function lossAndGradients(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  batch: Batch,
  shape: InputShape,
  loss: PointLoss,
): Promise<{ value: number; gradients: tf.Tensor[] }> {
  const { images, ...truth } = tensorsOf(batch, shape)
  const { value, grads } = tf.variableGrads(
    () => loss(model.apply(images, { training: true }) as tf.Tensor2D, { ...truth, aspect: shape[1] / shape[0] }),
    [...variables],
  )
  tf.dispose([images, truth.target, truth.labelled])
  const [number] = await value.data()
  value.dispose()
  return { value: number as number, gradients: variables.map(({ name }) => grads[name] as tf.Tensor) }
}

/** tf.layers keeps a weight's variable to itself; gradients are taken by variable. */
function variableOf(weight: tf.LayersModel['trainableWeights'][number]): tf.Variable {
  return (weight as unknown as { readonly val: tf.Variable }).val
}

function checkSettings(options: TrainOptions): z.output<typeof settingsSchema> {
  const parsed = settingsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0])
  throw new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `option ${name} cannot be used: ${issue?.message}`,
    received: String(options[name as keyof TrainOptions]),
  })
}

function readerOf({ train, transform, read }: TrainOptions): SampleReader {
  if (read && transform) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'options read and transform cannot be used together',
      received: 'both',
      expected: 'read alone, which augments by itself, or transform alone',
    })
  }
  return read ?? sampleReader(train, transform)
}

function lossNotFinite(value: number, epoch: number, step: number, { samples }: Batch): FacekpError {
  return new FacekpError({
    code: 'LOSS_NOT_FINITE',
    problem: `the loss of step ${step} (epoch ${epoch}) is not a finite number; its samples are ${samples.map(({ id }) => id).join(', ')}`,
    received: String(value),
    expected:
      'a smaller learning rate, a limit on the gradient norm, or pictures without NaN; the weights before that step are kept',
  })
}
