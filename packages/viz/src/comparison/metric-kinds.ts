import type { ComparedRun, MetricEstimate, MetricName } from './compared-run.ts'

/** How a metric is named, formatted and ranked. */
export interface MetricKind {
  readonly name: MetricName | 'imagesPerSecond'
  readonly title: string
  readonly better: 'lower' | 'higher'
  readonly percent?: true
  readonly decimals: number
}

/** The metrics of a comparison in the order of its columns. */
const METRIC_KINDS: readonly MetricKind[] = [
  { name: 'nme', title: 'NME', better: 'lower', percent: true, decimals: 2 },
  { name: 'failureRate', title: 'failure rate', better: 'lower', percent: true, decimals: 1 },
  { name: 'auc', title: 'AUC', better: 'higher', decimals: 3 },
  { name: 'maePx', title: 'MAE (px)', better: 'lower', decimals: 2 },
  { name: 'errorPx', title: 'point error (px)', better: 'lower', decimals: 2 },
  { name: 'imagesPerSecond', title: 'images/s', better: 'higher', decimals: 1 },
]

/** Lists the metrics that at least one of the runs has. */
export function listMetricKinds(runs: readonly ComparedRun[]): MetricKind[] {
  return METRIC_KINDS.filter((kind) => runs.some((run) => getMetric(run, kind)))
}

/** Returns a metric of a run; undefined if it was not measured. */
export function getMetric({ metrics, imagesPerSecond }: ComparedRun, { name }: MetricKind): MetricEstimate | undefined {
  if (name !== 'imagesPerSecond') return metrics[name]
  return imagesPerSecond === undefined ? undefined : { value: imagesPerSecond }
}

/** Formats a metric with its unit: `3.41 %`. */
export function formatMetric(value: number, kind: MetricKind): string {
  return `${formatNumber(value, kind)}${kind.percent ? ' %' : ''}`
}

/** Formats a metric without its unit: `3.41`. */
export function formatNumber(value: number, { percent, decimals }: MetricKind): string {
  return (percent ? 100 * value : value).toFixed(decimals)
}

/** Finds the best value of a metric; undefined if fewer than two runs have it. */
export function findBest(runs: readonly ComparedRun[], kind: MetricKind): number | undefined {
  const values = runs.flatMap((run) => getMetric(run, kind)?.value ?? [])
  if (values.length < 2) return undefined
  return kind.better === 'lower' ? Math.min(...values) : Math.max(...values)
}
