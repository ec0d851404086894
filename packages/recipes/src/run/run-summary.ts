import * as z from 'zod'

/** A metric with the ends of its 95 % interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** `summary.json` of a run folder: all code that writes or reads it uses this schema. */
export const runSummarySchema: z.ZodType<RunSummary> = z.object({
  title: z.string(),
  recipe: z.string(),
  backend: z.string(),
  data: z.string(),
  seed: z.number(),
  epochs: z.number(),
  interrupted: z.boolean(),
  seconds: z.number(),
  imagesPerSecond: z.number().nullable(),
  meanShapeErrorPx: z.number(),
  valErrorPx: z.number(),
  maePx: estimate.optional(),
  nme: estimate.optional(),
  failureRate: estimate.optional(),
  auc: estimate.optional(),
  partErrorsPx: z.record(z.string(), z.number()).optional(),
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
  /** Mean absolute error over all coordinates. The metrics from here on need a scheme with a normalization pair. */
  readonly maePx?: MetricInterval | undefined
  readonly nme?: MetricInterval | undefined
  readonly failureRate?: MetricInterval | undefined
  readonly auc?: MetricInterval | undefined
  /** Mean point error of each part of the scheme. */
  readonly partErrorsPx?: Readonly<Record<string, number>> | undefined
  /** Path of the model's `model.json`. */
  readonly model: string
  /** Path of `report.html`. */
  readonly report: string
  /** The recipe with its name, the seed and the data. */
  readonly settings: Readonly<Record<string, z.core.util.JSONType>>
}

/** A line of `history.jsonl` of a run folder. */
export const runEpochSchema: z.ZodType<RunEpoch> = z.object({
  epoch: z.number().int().positive(),
  trainLoss: z.number(),
  valLoss: z.number().optional(),
  valErrorPx: z.number().optional(),
  learningRate: z.number().optional(),
  gradientNorm: z.number().optional(),
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
export const runErrorsSchema: z.ZodType<RunErrors> = z.object({
  scheme: z.string(),
  normalization: z.string().optional(),
  threshold: z.number().positive().optional(),
  faces: z.array(z.object({ id: z.string(), errorPx: z.number(), nme: z.number().optional() })).min(1),
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
