import type { Json } from '@facekp/core'
import type { EpochMetrics } from '../epoch-metrics.ts'

export type MetricName = 'nme' | 'failureRate' | 'auc' | 'maePx' | 'errorPx'

/** A metric with its confidence interval, if the interval is known. */
export interface MetricEstimate {
  readonly value: number
  readonly low?: number
  readonly high?: number
}

/** A face that a run was evaluated on. */
export interface ComparedFace {
  readonly id: string
  /** Normalized error: 0.05 is 5 %. */
  readonly nme?: number | undefined
}

/** Metrics of one epoch, as `train` of `@facekp/trainer` reports them. */
export interface ComparedEpoch extends EpochMetrics {
  readonly learningRate?: number | undefined
  readonly gradientNorm?: number | undefined
}

/** One run of a comparison. */
export interface ComparedRun {
  /** Different for each run. */
  readonly label: string
  /** Name of the dataset that the run was evaluated on. */
  readonly data: string
  /** Name of the keypoint scheme. */
  readonly scheme?: string | undefined
  /** Name of the length that errors were divided by. */
  readonly normalization?: string | undefined
  /** NME above which a face counts as a failure. */
  readonly threshold?: number | undefined
  /** The faces that the run was evaluated on. Runs without this list are compared if their `data` is the same. */
  readonly faces?: readonly ComparedFace[] | undefined
  /** Final metrics: `nme`, `failureRate` and `auc` as fractions, `maePx` and `errorPx` in pixels of the original images. */
  readonly metrics: Readonly<Partial<Record<MetricName, MetricEstimate>>>
  /** One entry per epoch. */
  readonly history: readonly ComparedEpoch[]
  /** Whether the training was stopped before its end. */
  readonly interrupted?: boolean | undefined
  /** Training time. */
  readonly seconds?: number | undefined
  readonly imagesPerSecond?: number | undefined
  readonly settings: Readonly<Record<string, Json>>
}

/** Groups runs that were evaluated on the same faces, points, normalization and threshold: only these are comparable. */
export function groupComparableRuns(runs: readonly ComparedRun[]): ComparedRun[][] {
  const groups = new Map<string, ComparedRun[]>()
  for (const run of runs) {
    const { faces, data, scheme, normalization, threshold } = run
    const key = JSON.stringify([scheme, normalization, threshold, faces ? faces.map(({ id }) => id).sort() : data])
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
}

/** Describes the data that a run was evaluated on: `60 faces of ibug-68: data/faces`. */
export function describeData({ faces, data, scheme }: ComparedRun): string {
  if (!faces) return `${data} (faces not listed)`
  const count = `${faces.length} face${faces.length === 1 ? '' : 's'}`
  return `${count}${scheme ? ` of ${scheme}` : ''}: ${data}`
}
