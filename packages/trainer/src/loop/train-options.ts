import {
  createSampleLoader,
  type Dataset,
  FacekpError,
  type Json,
  type SampleLoader,
  type Transform,
} from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import type { EarlyStopping } from '../callbacks/early-stopping.ts'
import type { OnNonFinite } from '../callbacks/terminate-on-nan.ts'
import { checkedOptions } from '../checked-options.ts'
import type { CheckpointStore } from '../checkpoint/checkpoint.ts'
import type { BestEpoch } from '../checkpoint/checkpoint-state.ts'
import type { PointWeights } from '../data/point-weights.ts'
import type { Loss } from '../losses/loss.ts'
import type { LossSettings } from '../losses/registry.ts'
import type { OptimizerSettings } from '../optimizers/registry.ts'
import { functionSchema, headSchema, signalSchema } from '../options/option-schemas.ts'
import type { Schedule, ScheduleFunction } from '../schedules/schedule.ts'
import type { ParamGroup } from '../weights/param-groups.ts'
import { SETTINGS, type Settings, settingsSchema } from './training-config.ts'

export interface TrainOptions {
  /** [batch, height, width, channels] -> [batch, 2 N]: relative coordinates. Trained in place. */
  readonly model: tf.LayersModel
  /** How points are read from it in place of its output, such as `getHead(model)` of `@facekp/models`: for losses of maps and distributions. */
  readonly head?: Head | undefined
  readonly train: Dataset
  /** Measured after each epoch. */
  readonly validation?: Dataset | undefined
  /** Changes each training sample anew in each epoch: augmentation. */
  readonly transform?: Transform<Json> | undefined
  /**
   * Gives the training samples in place of `train.get` and `transform`, which it must do itself: a pool of workers, such as
   * `augmentPool` of `@facekp/augment/node`. A batch is asked for while the one before it is trained on.
   */
  readonly loader?: SampleLoader | undefined
  readonly epochs: number
  readonly batchSize: number
  /** So many batches make one step, as if they were one: for batches too large for memory (default 1). */
  readonly gradientAccumulationSteps?: number | undefined
  /** The optimizer's step size: a number, or one that changes with the training's progress. */
  readonly learningRate: number | Schedule | ScheduleFunction
  /** Default `{ kind: 'adam' }`. */
  readonly optimizer?: OptimizerSettings | undefined
  /** Layers that learn faster or slower, or not at all; a layer belongs to the first group that its name fits (default: none). */
  readonly paramGroups?: readonly ParamGroup[] | undefined
  /**
   * Averages the weights over the steps, each keeping so much of the average, such as 0.999. The averages are what is measured, what
   * the model holds during `onEpoch`, and what it holds in the end.
   */
  readonly emaDecay?: number | undefined
  /** By its name with its options, such as `{ kind: 'wing', omega: 10 }`, or one made by its function; default {@link meanSquaredError}. */
  readonly loss?: Loss | LossSettings | undefined
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
  /** Ends the training once it no longer gains, and gives the model the weights of its best epoch, however it ends (default: none). */
  readonly earlyStopping?: EarlyStopping | undefined
  /**
   * Ends the training after the step within which so many seconds have passed since this run began, validation and all; it goes on
   * by `resume`.
   */
  readonly timeLimitSeconds?: number | undefined
  /** Tensors that may be there beyond those after this run's first step, default 1000: more are taken for a leak. */
  readonly tensorLeakLimit?: number | undefined
  /** To try a program out: so many batches in each epoch, and as many samples of the validation set. */
  readonly limitBatches?: number | undefined
  /**
   * To see whether the network can learn at all: the same batches of the training set in each epoch, as the first epoch draws them
   * (its augmentation too, which may be what gives pictures their size), and these for validation. The loss should go to 0.
   */
  readonly overfitBatches?: number | undefined
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
  readonly valLoss?: number
  /** Mean point error over the validation set, in pixels of the original files. */
  readonly valErrorPx?: number
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
  /** With `earlyStopping`, the epoch whose weights the model holds; absent where none was measured. */
  readonly restoredEpoch?: number
  /** What ended it before its last epoch was done. */
  readonly stoppedBy?: 'signal' | 'timeLimit' | 'earlyStopping'
  /** Whether the signal did. */
  readonly interrupted: boolean
}

const listener = functionSchema.optional()
const withFunctions = (expected: string, ...names: readonly string[]): z.ZodType =>
  z.custom((value) => names.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'), {
    error: `is not ${expected}`,
  })

/** What is no plain setting. */
const HANDED: z.ZodType = z.strictObject({
  model: withFunctions('a model', 'predict', 'getWeights'),
  head: headSchema.optional(),
  train: withFunctions('a data set', 'get'),
  validation: withFunctions('a data set', 'get').optional(),
  transform: withFunctions('a transform', 'makeParams', 'apply').optional(),
  loader: listener,
  checkpoints: withFunctions('a place for checkpoints', 'save', 'latest').optional(),
  resume: z.boolean().optional(),
  signal: signalSchema.optional(),
  onNonFinite: listener,
  onStep: listener,
  onEpoch: listener,
  onResume: listener,
} satisfies Record<Exclude<keyof TrainOptions, keyof Settings>, z.ZodType>)

/** Throws `TRAIN_OPTION` naming the option that cannot be used, or that there is not. */
export function checkSettings(options: TrainOptions): Settings {
  if (options.resume && !options.checkpoints) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'option resume cannot be used without checkpoints',
      received: 'no checkpoints',
      expected: "checkpoints: checkpointFolder('…'), of @facekp/trainer/node",
    })
  }
  const settings = checkedOptions(settingsSchema, options)
  checkedOptions(HANDED, Object.fromEntries(Object.entries(options).filter(([name]) => !SETTINGS.has(name))))
  for (const [name, data] of Object.entries({ train: options.train, validation: options.validation })) {
    if (data?.length === 0) throw new FacekpError({ code: 'DATASET_EMPTY', problem: `${name} holds no sample` })
  }
  const { metric = 'valErrorPx' } = options.earlyStopping ?? { metric: 'trainLoss' }
  if (metric !== 'trainLoss' && !options.validation && !options.overfitBatches) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: `option earlyStopping cannot be used: without validation there is no ${metric}`,
      received: 'no validation',
      expected: "validation, or the metric 'trainLoss'",
    })
  }
  return settings
}

export function resolveLoader({ train, transform, loader }: TrainOptions): SampleLoader {
  if (loader && transform) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'options read and transform cannot be used together',
      received: 'both',
      expected: 'read alone, which augments by itself, or transform alone',
    })
  }
  return loader ?? createSampleLoader(train, transform)
}
