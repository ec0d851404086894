import {
  createSampleLoader,
  type Dataset,
  FacekpError,
  type Json,
  type SampleLoader,
  type Transform,
} from '@facekp/core'
import { checkSamePoints, parseOptions } from '@facekp/options'
import type { Head } from '@facekp/tfjs-utils'
import type * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod/mini'
import type { OnNonFinite } from '../callbacks/terminate-on-nan.ts'
import type { TrainingCallback } from '../callbacks/training-callback.ts'
import type { CheckpointStore } from '../checkpoint/checkpoint.ts'
import { functionSchema, headSchema, loaderSchema, signalSchema } from '../options/option-schemas.ts'
import type { EpochReport, StepReport } from './reports.ts'
import { type ResolvedSettings, SETTING_NAMES, settingsSchema, type TrainingSettings } from './training-settings.ts'

/** Options of {@link train}. Those of {@link TrainingSettings} are plain settings. */
export interface TrainOptions extends TrainingSettings {
  /** [batch, height, width, channels] -> [batch, 2 N] relative coordinates. Trained in place. */
  readonly model: tfl.LayersModel
  /** Reads points from outputs that are not points, such as `getHead(model)` of `@facekp/models`: for losses of heatmaps and SimCC. */
  readonly head?: Head | undefined
  readonly train: Dataset
  /** Measured after each epoch. */
  readonly validation?: Dataset | undefined
  /** Augmentation: transforms each training sample, with new parameters in each epoch. */
  readonly transform?: Transform<Json> | undefined
  /**
   * Loads and augments the training samples in place of `train.get` and `transform`: a pool of workers such as `augmentPool` of
   * `@facekp/augment/node`. The next batch is loaded while the model is trained on one.
   */
  readonly loader?: SampleLoader | undefined
  /** Stores checkpoints, in Node `checkpointFolder('run/checkpoints')`; callback {@link modelCheckpoint} in short. */
  readonly checkpoints?: CheckpointStore | undefined
  /** Whether to go on from the newest checkpoint, if there is one (default false: a checkpoint is an error). */
  readonly resume?: boolean | undefined
  /** Ends the training after the step under way; the model keeps its weights. */
  readonly signal?: AbortSignal | undefined
  /** Features beside those of the other options, such as `tensorBoard('run')` of `@facekp/trainer/node`. */
  readonly callbacks?: readonly TrainingCallback[] | undefined
  /** Handles a step that is not finite, in Node `saveNonFiniteBatch('run')`. */
  readonly onNonFinite?: OnNonFinite | undefined
  /** `onStepEnd` of a callback. A promise is awaited. */
  readonly onStep?: ((report: StepReport) => unknown) | undefined
  /** `onEpochEnd` of a callback. A promise is awaited. */
  readonly onEpoch?: ((report: EpochReport) => unknown) | undefined
  /** `onResume` of a callback. A promise is awaited. */
  readonly onResume?: ((history: readonly EpochReport[]) => unknown) | undefined
}

const optionalFunction = z.optional(functionSchema)
const withFunctions = (expected: string, ...names: readonly string[]): z.ZodMiniType =>
  z.custom((value) => names.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'), {
    error: expected,
  })

/** The options that are not plain settings. */
const objectsSchema: z.ZodMiniType = z.strictObject({
  // Settings are checked by their own schema; their names are known ones.
  ...Object.fromEntries([...SETTING_NAMES].map((name) => [name, z.optional(z.unknown())])),
  model: withFunctions('a tf.LayersModel', 'predict', 'getWeights'),
  head: z.optional(headSchema),
  train: withFunctions('a dataset', 'get'),
  validation: z.optional(withFunctions('a dataset', 'get')),
  transform: z.optional(withFunctions('a transform', 'makeParams', 'apply')),
  loader: z.optional(loaderSchema),
  checkpoints: z.optional(withFunctions('a checkpoint store', 'save', 'latest')),
  resume: z.optional(z.boolean()),
  signal: z.optional(signalSchema),
  callbacks: z.optional(z.array(z.custom(isCallback, { error: 'a callback, whose hooks are functions' }))),
  onNonFinite: optionalFunction,
  onStep: optionalFunction,
  onEpoch: optionalFunction,
  onResume: optionalFunction,
} satisfies Record<Exclude<keyof TrainOptions, keyof ResolvedSettings>, z.ZodMiniType>)

function isCallback(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([name, hook]) => !/^(on[A-Z]|dispose$)/.test(name) || hook === undefined || typeof hook === 'function',
  )
}

/**
 * Checks the options of {@link train} and returns the settings among them with their defaults.
 *
 * @throws `TRAIN_OPTION` naming the first invalid or unknown option, `DATASET_EMPTY`
 */
export function checkTrainOptions(options: TrainOptions): ResolvedSettings {
  if (options.resume && !options.checkpoints) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'option resume needs option checkpoints',
      received: 'no checkpoints',
      expected: "checkpoints: checkpointFolder('run/checkpoints'), of @facekp/trainer/node",
    })
  }
  const settings = parseOptions({ schema: settingsSchema, value: options, code: 'TRAIN_OPTION', name: 'train' })
  parseOptions({ schema: objectsSchema, value: options, code: 'TRAIN_OPTION', name: 'train' })
  for (const [name, dataset] of Object.entries({ train: options.train, validation: options.validation })) {
    if (dataset?.length !== 0) continue
    throw new FacekpError({
      code: 'DATASET_EMPTY',
      problem: `dataset ${name} is empty`,
      received: '0 samples',
      expected: '1 sample or more',
    })
  }
  const { train, validation } = options
  const problem = 'option validation of train: other points than those of option train'
  if (validation) checkSamePoints(train, validation, { code: 'TRAIN_OPTION', problem, name: 'train' })
  return settings
}

/** Returns the loader of the training samples: option `loader`, or one of dataset and transform. */
export function resolveLoader({ train, transform, loader }: TrainOptions): SampleLoader {
  if (loader && transform) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'options loader and transform exclude each other',
      received: 'both',
      expected: 'loader alone, which augments by itself, or transform alone',
    })
  }
  return loader ?? createSampleLoader(train, transform)
}
