import * as z from 'zod/mini'

/** A metric with the ends of its 95 % interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** `summary.json` of a run folder: all code that writes or reads it uses this schema. */
export const runSummarySchema: z.ZodMiniType<RunSummary> = z.object({
  title: z.string(),
  recipe: z.string(),
  backend: z.string(),
  data: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.boolean(),
  seconds: z.number(),
  imagesPerSecond: z.nullable(z.number()),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: z.optional(estimate),
  nme: z.optional(estimate),
  failureRate: z.optional(estimate),
  auc: z.optional(estimate),
  partErrorsPx: z.optional(z.record(z.string(), z.number())),
  model: z.string(),
  report: z.string(),
  settings: z.record(z.string(), z.json()),
})

/** A metric with the ends of its 95 % interval over the test faces. */
export interface MetricInterval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Results of a run. Errors are in pixels of the original images, over the test faces. */
export interface RunSummary {
  readonly title: string
  /** Name of the recipe. */
  readonly recipe: string
  readonly backend: string
  /** The dataset, in words. */
  readonly data: string
  readonly seed: number
  /** Epochs that were finished. */
  readonly epochs: number
  /** Whether the training stopped before its last epoch. */
  readonly interrupted: boolean
  /** Only of the training. */
  readonly seconds: number
  /** Null if no step was done. */
  readonly imagesPerSecond: number | null
  /** Error of predicting the mean shape of the training faces: what a network must beat. */
  readonly meanShapeErrorPx: number
  /** Mean point error. */
  readonly valErrorPx: number
  /**
   * Mean absolute error over all coordinates. The metrics from here on need a scheme with a normalization pair, whose points are labeled on
   * all test faces.
   */
  readonly maePx?: MetricInterval | undefined
  readonly nme?: MetricInterval | undefined
  readonly failureRate?: MetricInterval | undefined
  readonly auc?: MetricInterval | undefined
  /** Mean point error of each part of the scheme that a test face has labels of. */
  readonly partErrorsPx?: Readonly<Record<string, number>> | undefined
  /** Path of the model's `model.json`. */
  readonly model: string
  /** Path of `report.html`. */
  readonly report: string
  /** The recipe with its name, the seed and the data. */
  readonly settings: Readonly<Record<string, z.core.util.JSONType>>
}

/** A line of `history.jsonl` of a run folder. */
export const runEpochSchema: z.ZodMiniType<RunEpoch> = z.object({
  epoch: z.int().check(z.positive()),
  trainLoss: z.number(),
  valLoss: z.optional(z.number()),
  valErrorPx: z.optional(z.number()),
  learningRate: z.optional(z.number()),
  gradientNorm: z.optional(z.number()),
})

/** An epoch of a training. */
export interface RunEpoch {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly valLoss?: number | undefined
  /** Mean point error of the validation faces. */
  readonly valErrorPx?: number | undefined
  /** At the end of the epoch. */
  readonly learningRate?: number | undefined
  /** Mean over the steps. */
  readonly gradientNorm?: number | undefined
}

/** `errors.json` of a run folder: the error of each face. */
export const runErrorsSchema: z.ZodMiniType<RunErrors> = z.object({
  scheme: z.string(),
  normalization: z.optional(z.string()),
  threshold: z.optional(z.number().check(z.positive())),
  faces: z.array(z.object({ id: z.string(), errorPx: z.number(), nme: z.optional(z.number()) })).check(z.minLength(1)),
})

/** The error of each test face, and its normalization. */
export interface RunErrors {
  /** Name of the keypoint scheme. */
  readonly scheme: string
  readonly normalization?: string | undefined
  /** NME above which a face counts as a failure. */
  readonly threshold?: number | undefined
  readonly faces: readonly { readonly id: string; readonly errorPx: number; readonly nme?: number | undefined }[]
}
