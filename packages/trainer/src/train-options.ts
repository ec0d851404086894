import { type Dataset, FacekpError, type Json, type SampleReader, sampleReader, type Transform } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import type { CheckpointStore } from './checkpoint/checkpoint.ts'
import type { BestEpoch } from './checkpoint/training-state.ts'
import type { PointLoss } from './losses/point-loss.ts'
import type { PointWeights } from './losses/point-weights.ts'
import type { OnNonFinite } from './non-finite.ts'
import { type OptimizerSettings, optimizerSchema } from './optimizers/optimizer-settings.ts'
import { type Schedule, type ScheduleFunction, scheduleSchema } from './schedules/schedule.ts'
import type { RateGroup } from './weights/rate-groups.ts'

const settingsSchema = z.object({
  epochs: z.number().int().positive(),
  batchSize: z.number().int().positive(),
  accumulate: z.number().int().positive().default(1),
  seed: z.number().int().default(0),
  optimizer: optimizerSchema.default({ kind: 'adam' }),
  maxGradientNorm: z.number().positive().optional(),
  learningRate: z.union(
    [z.number().positive(), scheduleSchema, z.custom<ScheduleFunction>((value) => typeof value === 'function')],
    { error: 'is no number above 0, no schedule with all that its kind needs and nothing else, and no function' },
  ),
  groups: z.array(z.strictObject({ layers: z.string(), rate: z.number().nonnegative() })).default([]),
  averageDecay: z.number().min(0).lt(1).optional(),
  pointWeights: z
    .strictObject({
      hidden: z.number().nonnegative().optional(),
      byPoint: z.array(z.number().nonnegative()).optional(),
    })
    .optional(),
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
  /** So many batches make one step, as if they were one: for batches too large for memory (default 1). */
  readonly accumulate?: number | undefined
  /** The optimizer's step size: a number, or one that changes with the training's progress. */
  readonly learningRate: number | Schedule | ScheduleFunction
  /** Default `{ kind: 'adam' }`. */
  readonly optimizer?: OptimizerSettings | undefined
  /** Layers that learn faster or slower, or not at all; a layer belongs to the first group that its name fits (default: none). */
  readonly groups?: readonly RateGroup[] | undefined
  /**
   * Averages the weights over the steps, each keeping so much of the average, such as 0.999. The averages are what is measured, what
   * the model holds during `onEpoch`, and what it holds in the end.
   */
  readonly averageDecay?: number | undefined
  /** Default {@link meanSquaredError}. */
  readonly loss?: PointLoss | undefined
  /** What points count in the loss: less out of sight, say (default: all the same). */
  readonly pointWeights?: PointWeights | undefined
  /** Gradients of a larger joint norm are scaled down to it. */
  readonly maxGradientNorm?: number | undefined
  /** Order and augmentation follow from it (default 0); the model's first weights are the model's own. */
  readonly seed?: number | undefined
  /** Where checkpoints are kept, in Node `checkpointFolder('run/checkpoints')`; one is kept too where the signal ends the training. */
  readonly checkpoints?: CheckpointStore | undefined
  /** Goes on from the newest checkpoint, or begins where there is none (default false: there must be none). */
  readonly resume?: boolean | undefined
  /** Ends the training after the step under way; what was learnt stays in the model. */
  readonly signal?: AbortSignal | undefined
  /** Keeps the batch of a step that is not finite, in Node `nonFiniteWriter('run')`. */
  readonly onNonFinite?: OnNonFinite | undefined
  readonly onStep?: ((step: StepReport) => void) | undefined
  readonly onEpoch?: ((epoch: EpochReport) => void | Promise<void>) | undefined
  /** Told of the epochs that were done before, where the training goes on from a checkpoint. */
  readonly onResume?: ((history: readonly EpochReport[]) => void | Promise<void>) | undefined
}

/** Told after each step. */
export interface StepReport {
  /** From 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps done. */
  readonly step: number
  readonly steps: number
  /** Images seen so far; of these, before this run where it was resumed; and in the whole training. */
  readonly images: number
  readonly imagesBefore: number
  readonly totalImages: number
  /** Of this batch, before the step. */
  readonly loss: number
  readonly learningRate: number
  /** The gradients' joint norm before it was limited. */
  readonly gradientNorm: number
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
  /** Mean over the epoch's steps of the gradients' joint norm, before it was limited; absent in what older versions wrote. */
  readonly gradientNorm?: number
  /** Of training alone, without validation. */
  readonly seconds: number
  readonly imagesPerSecond: number
}

export interface TrainResult {
  /** One entry a finished epoch. */
  readonly history: readonly EpochReport[]
  /** Steps done. */
  readonly steps: number
  /** The steps that were done before this run: 0 unless it was resumed. */
  readonly resumedAtStep: number
  /** The epoch of the smallest validation error; absent without validation. */
  readonly best?: BestEpoch
  /** Of training alone, without validation. */
  readonly seconds: number
  readonly imagesPerSecond: number
  /** Whether the signal ended it before its last epoch was done. */
  readonly interrupted: boolean
}

/** The options that are plain settings, checked. */
export type Settings = Required<Pick<TrainOptions, 'epochs' | 'batchSize' | 'learningRate'>> & {
  readonly accumulate: number
  readonly seed: number
  readonly optimizer: OptimizerSettings
  readonly maxGradientNorm?: number | undefined
  readonly groups: readonly RateGroup[]
  readonly averageDecay?: number | undefined
  readonly pointWeights?: PointWeights | undefined
}

/** Throws `TRAIN_OPTION` naming the option that cannot be used. */
export function checkSettings(options: TrainOptions): Settings {
  if (options.resume && !options.checkpoints) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'option resume cannot be used without checkpoints',
      received: 'no checkpoints',
      expected: "checkpoints: checkpointFolder('…'), of @facekp/trainer/node",
    })
  }
  const parsed = settingsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0])
  throw new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `option ${name} cannot be used: ${issue?.message}`,
    received: told(options[name as keyof TrainOptions]),
  })
}

function told(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function readerOf({ train, transform, read }: TrainOptions): SampleReader {
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
