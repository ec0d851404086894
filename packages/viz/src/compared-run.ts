import type { Json } from '@facekp/core'
import type { EpochMetrics } from './epochs.ts'

/** A figure, and the interval that it lies in where that is known. */
export interface MetricEstimate {
  readonly value: number
  readonly low?: number
  readonly high?: number
}

/** A face that a run was measured on. */
export interface ComparedFace {
  readonly id: string
  /** Normalized error: 0.05 is 5 %. */
  readonly nme?: number | undefined
}

/** What is told of an epoch, as `train` of `@facekp/trainer` tells it. */
export interface ComparedEpoch extends EpochMetrics {
  readonly learningRate?: number | undefined
  readonly gradientNorm?: number | undefined
}

/** A run as it is compared with others. */
export interface ComparedRun {
  /** Its own among the runs. */
  readonly label: string
  /** What it was measured on, in words: the data set. */
  readonly data: string
  /** The points that were looked for, by their scheme's name. */
  readonly scheme?: string | undefined
  /** What errors were divided by, and the NME above which a face has failed. */
  readonly normalization?: string | undefined
  readonly threshold?: number | undefined
  /** The faces it was measured on; without them runs are taken to be of the same faces where their `data` is the same. */
  readonly faces?: readonly ComparedFace[] | undefined
  /** What came out; `nme`, `failureRate` and `auc` as parts of 1, `maePx` and `errorPx` in pixels of the original pictures. */
  readonly metrics: Readonly<Partial<Record<MetricName, MetricEstimate>>>
  /** One entry an epoch. */
  readonly history: readonly ComparedEpoch[]
  readonly interrupted?: boolean | undefined
  /** Of training. */
  readonly seconds?: number | undefined
  readonly imagesPerSecond?: number | undefined
  readonly settings: Readonly<Record<string, Json>>
}

export type MetricName = 'nme' | 'failureRate' | 'auc' | 'maePx' | 'errorPx'

/** How a figure is told, and which is better. */
export interface MetricKind {
  readonly name: MetricName | 'imagesPerSecond'
  readonly title: string
  readonly better: 'lower' | 'higher'
  readonly percent?: true
  readonly decimals: number
}

/** In the order they are told in. */
export const METRICS: readonly MetricKind[] = [
  { name: 'nme', title: 'NME', better: 'lower', percent: true, decimals: 2 },
  { name: 'failureRate', title: 'failures', better: 'lower', percent: true, decimals: 1 },
  { name: 'auc', title: 'AUC', better: 'higher', decimals: 3 },
  { name: 'maePx', title: 'MAE (px)', better: 'lower', decimals: 2 },
  { name: 'errorPx', title: 'point error (px)', better: 'lower', decimals: 2 },
  { name: 'imagesPerSecond', title: 'images/s', better: 'higher', decimals: 1 },
]

export function getMetric({ metrics, imagesPerSecond }: ComparedRun, { name }: MetricKind): MetricEstimate | undefined {
  if (name !== 'imagesPerSecond') return metrics[name]
  return imagesPerSecond === undefined ? undefined : { value: imagesPerSecond }
}

/** The figure as text: `3.41 %`. */
export function formatMetric(value: number, kind: MetricKind): string {
  return `${number(value, kind)}${kind.percent ? ' %' : ''}`
}

/** The same without its unit. */
export function number(value: number, { percent, decimals }: MetricKind): string {
  return (percent ? 100 * value : value).toFixed(decimals)
}

/** The best figure of the runs, which several may share; none where fewer than two have it. */
export function findBest(runs: readonly ComparedRun[], kind: MetricKind): number | undefined {
  const values = runs.flatMap((run) => getMetric(run, kind)?.value ?? [])
  if (values.length < 2) return undefined
  return kind.better === 'lower' ? Math.min(...values) : Math.max(...values)
}

/** Runs that were measured on the same faces, by the same points and normalization: only these are compared. */
export function measuredAlike(runs: readonly ComparedRun[]): ComparedRun[][] {
  const groups = new Map<string, ComparedRun[]>()
  for (const run of runs) {
    const { faces, data, scheme, normalization, threshold } = run
    const key = JSON.stringify([scheme, normalization, threshold, faces ? faces.map(({ id }) => id).sort() : data])
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
}

/** What runs were measured on, in words: `60 faces of ibug-68: data/faces`. */
export function measuredOn({ faces, data, scheme }: ComparedRun): string {
  if (!faces) return `${data} (its faces are not listed)`
  return `${faces.length} face${faces.length === 1 ? '' : 's'}${scheme ? ` of ${scheme}` : ''}: ${data}`
}
