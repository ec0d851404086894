import type { Json } from '@facekp/core'
import * as z from 'zod'
import type { TrainingPosition } from '../loop/training-state.ts'

/** The part of a checkpoint that is plain JSON. */
export interface CheckpointState extends TrainingPosition {
  /** Version of the file format. */
  readonly format: 1
  /** Versions of `trainer` and `tfjs` that computed it. */
  readonly versions: Readonly<Record<string, string>>
  /** Name of the TensorFlow.js backend; another one computes slightly different numbers. */
  readonly backend: string
  /** Settings that must be the same when the training is resumed, the seed among them. */
  readonly settings: Readonly<Record<string, Json>>
  /** Names of `model.weights`, for other readers of the file. */
  readonly weights: readonly string[]
  readonly optimizerSteps: number
}

const count = z.number().int().nonnegative()
/** JSON has no NaN and writes null. */
const real = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

const schema = z.object({
  format: z.literal(1),
  versions: z.record(z.string(), z.string()),
  backend: z.string(),
  settings: z.record(z.string(), z.json()),
  weights: z.array(z.string()),
  step: count,
  images: count,
  seconds: z.number().nonnegative(),
  optimizerSteps: count,
  epoch: z.object({
    number: count.positive(),
    step: count,
    lossSum: z.number(),
    gradientNormSum: z.number().optional(),
    learningRate: z.number(),
    seconds: z.number().nonnegative(),
  }),
  history: z.array(
    z.object({
      epoch: count,
      step: count,
      trainLoss: real,
      valLoss: real.optional(),
      valErrorPx: real.optional(),
      learningRate: real,
      gradientNorm: real.optional(),
      seconds: real,
      imagesPerSecond: real,
    }),
  ),
  best: z.object({ epoch: count, step: count, valErrorPx: z.number() }).optional(),
})

/** Parses the state of a checkpoint from JSON. Throws what zod and `JSON.parse` throw. */
export function parseCheckpointState(json: string): CheckpointState {
  return schema.parse(JSON.parse(json)) as CheckpointState
}
