import type { AugmentationJson } from '@facekp/augment'
import { type HeadKind, type Initialization, listModels, type ModelName } from '@facekp/models'
import type { LossSettings, Schedule } from '@facekp/trainer'
import * as z from 'zod'
import type { AugmentationLimits, Frame, GeometricLimits } from '../transforms/limits.ts'

/** Settings of a recipe that {@link runTraining} passes to `train`; `parseTrainingConfig` defines which values are valid. */
export interface TrainingSettings {
  readonly epochs: number
  readonly batchSize: number
  /** Learning rate of Adam: a number, or a schedule. */
  readonly learningRate: number | Schedule
  readonly loss: LossSettings
  /** Decay of the exponential moving average of the weights; absent: no average. */
  readonly emaDecay?: number
  /** Largest global norm of the gradients; absent: no clipping. */
  readonly maxGradientNorm?: number
}

/** Test-time augmentation: a face's keypoints are the mean over `views` random views of it. */
export type Tta = GeometricLimits & { readonly views: number }

/**
 * How a network is built, trained and evaluated, as plain JSON.
 *
 * `size` and `margin` define the input of the network: with a margin, a crop around the face's box; without one, the whole image resized. With `crop: 'leveled'`,
 * the box is the square about the face's mesh, rotated so that the eyes are level.
 */
export interface Recipe extends TrainingSettings, Frame {
  readonly arch: ModelName
  /** Blur before each stride (BlurPool with a filter of 4); residual networks only, default false. */
  readonly antialias?: boolean
  /** Default: the network's first head. */
  readonly head?: HeadKind
  /** How the weights of `noseNet` and `faceNet` begin, default `torch`. */
  readonly initialization?: Initialization
  /** Default `upright`. `leveled`: crops about the mesh that `@facekp/landmarker` finds; they need margins and squares. */
  readonly crop?: 'upright' | 'leveled'
  /** The crop of each image that is kept in memory. Augmentation samples from it, so it is larger than the network's input. */
  readonly cachedCrop: Frame
  /** Limits of the random changes, or a whole pipeline as JSON; absent: training images are used unchanged. */
  readonly augmentation?: AugmentationLimits | AugmentationJson
  /** Absent: one unchanged view. */
  readonly tta?: Tta
}

const probability = z.number().min(0).max(1)
const side = z.number().int().positive()
const frame = {
  size: z.union([side, z.strictObject({ width: side, height: side })]),
  margin: z.number().nonnegative().optional(),
}
const geometric = {
  degrees: z.number().nonnegative(),
  scale: z.number().min(1),
  shift: z.number().nonnegative(),
  flipProb: probability,
  border: z.literal(['black', 'edge']).optional(),
}
const photometric = { contrast: probability, brightness: probability, shade: probability }

/** Other training settings are `unknown` here: `train` checks them. */
const settings = {
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  learningRate: z.unknown(),
  loss: z.unknown(),
  emaDecay: z.unknown().optional(),
  maxGradientNorm: z.unknown().optional(),
}

/** Schema of a recipe from a file or program; unknown keys are errors. */
export const recipeSchema: z.ZodObject<Record<keyof Recipe, z.ZodType>> = z.strictObject({
  arch: z.enum(listModels().map(({ name }) => name)),
  antialias: z.boolean().optional(),
  head: z.literal(['coordinates', 'heatmaps', 'simcc']).optional(),
  initialization: z.literal(['torch', 'he']).optional(),
  ...frame,
  crop: z.literal(['upright', 'leveled']).optional(),
  cachedCrop: z.strictObject(frame),
  ...settings,
  augmentation: z
    .union([
      z.strictObject({ ...geometric, ...photometric, occlusionProb: probability.optional() }),
      z.strictObject({ name: z.string(), options: z.json() }),
    ])
    .optional(),
  tta: z.strictObject({ ...geometric, views: side }).optional(),
})
