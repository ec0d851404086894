import type { Json } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
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
  /** Names of `model.weights`, whose order depends on the layers that are frozen. */
  readonly weights: readonly string[]
  readonly optimizerSteps: number
}

const count = z.int().check(z.nonnegative())
/** JSON has no NaN and writes null. */
const real = z.pipe(
  z.nullable(z.number()),
  z.transform((value) => value ?? Number.NaN),
)

const schema = z.object({
  format: z.literal(1),
  versions: z.record(z.string(), z.string()),
  backend: z.string(),
  settings: z.record(z.string(), z.json()),
  weights: z.array(z.string()),
  step: count,
  images: count,
  seconds: z.number().check(z.nonnegative()),
  optimizerSteps: count,
  epoch: z.object({
    number: count.check(z.positive()),
    step: count,
    lossSum: z.number(),
    gradientNormSum: z.optional(z.number()),
    learningRate: z.number(),
    seconds: z.number().check(z.nonnegative()),
  }),
  history: z.array(
    z.object({
      epoch: count,
      step: count,
      trainLoss: real,
      valLoss: z.optional(real),
      valErrorPx: z.optional(real),
      learningRate: real,
      gradientNorm: z.optional(real),
      seconds: real,
      imagesPerSecond: real,
    }),
  ),
  best: z.optional(z.object({ epoch: count, step: count, valErrorPx: z.number() })),
})

/** What an error says about a field. */
export const CHECKPOINT_FIELD = { code: 'CHECKPOINT_FORMAT', name: 'the checkpoint', noun: 'field' } as const

/** Parses the state of a checkpoint from JSON. Throws `CHECKPOINT_FORMAT` for an invalid field, and what `JSON.parse` throws. */
export function parseCheckpointState(json: string, file: string): CheckpointState {
  return parseOptions({ schema, value: JSON.parse(json), ...CHECKPOINT_FIELD, file }) as CheckpointState
}
