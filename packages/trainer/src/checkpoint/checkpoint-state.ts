import type { Json } from '@facekp/core'
import { z } from 'zod'
import type { EpochReport } from '../loop/train-options.ts'

/** What of a checkpoint is plain JSON. */
export interface TrainingState {
  /** Of the file. */
  readonly format: 1
  /** Of what computed it: `trainer` and `tfjs`. */
  readonly versions: Readonly<Record<string, string>>
  /** The backend's name; another one computes a little differently. */
  readonly backend: string
  /** What must be the same where the training goes on. The seed among them: all streams follow from it, the epoch and the step. */
  readonly settings: Readonly<Record<string, Json>>
  /** The names of `model.weights`, for whoever reads the file by other means. */
  readonly weights: readonly string[]
  /** Steps done. */
  readonly step: number
  /** Images seen. */
  readonly images: number
  /** Of training alone. */
  readonly seconds: number
  readonly optimizerSteps: number
  readonly epoch: EpochState
  /** Of the epochs that are done. */
  readonly history: readonly EpochReport[]
  readonly best?: BestEpoch | undefined
}

/** The epoch under way. */
export interface EpochState {
  /** From 1. */
  readonly number: number
  /** Steps done in it. */
  readonly step: number
  /** Sum over its images so far. */
  readonly lossSum: number
  /** Sum over its steps so far; absent where the epoch was begun by a version that did not measure it. */
  readonly gradientNormSum?: number | undefined
  /** Of its last step. */
  readonly learningRate: number
  readonly seconds: number
}

/** The epoch after which the validation error was smallest. */
export interface BestEpoch {
  readonly epoch: number
  /** Steps done at its end. */
  readonly step: number
  readonly valErrorPx: number
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

/** Reads the state from its JSON. Throws what zod and `JSON.parse` throw. */
export function parseTrainingState(json: string): TrainingState {
  return schema.parse(JSON.parse(json)) as TrainingState
}
