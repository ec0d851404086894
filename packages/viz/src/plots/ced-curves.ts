import { checkArgument, listKind, objectKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { areaUnderCurve, cumulativeErrors, failureRate, percentile } from '@facekp/metrics'
import { checkLabels } from '../checks.ts'
import { encodeRuns, type Panel, renderChart } from '../drawing/chart.ts'
import type { Plot } from '../drawing/plot.ts'
import { truncateMiddle } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const CED_CURVES_RUNS = listKind(objectKind({ label: KINDS.string, errors: KINDS.numbers }))
const CED_CURVES_OPTIONS = optionsKind({
  title: KINDS.string,
  maxError: KINDS.any,
  threshold: KINDS.any,
  normalization: KINDS.string,
})

/** The errors of one run. */
export interface RunErrors {
  readonly label: string
  /** Normalized error of each face: 0.05 is 5 %; infinite for a face that was not detected. */
  readonly errors: readonly number[]
}

export interface CedCurvesOptions {
  /** Default `Cumulative error distribution`. */
  readonly title?: string
  /**
   * Largest error on the axis; default 1.25 * threshold, or the 90th percentile of the finite errors of the best run if that is larger.
   */
  readonly maxError?: number
  /** NME above which a face counts as a failure, and upper limit of the AUC; default 0.08 (300-W). */
  readonly threshold?: number
  /** Name of the normalization in the axis title; default `interocular`. */
  readonly normalization?: string
}

/**
 * Plots the cumulative error distribution (CED) of runs: the fraction of faces with at most each error.
 *
 * The legend has each run's AUC and failure rate; a line marks the threshold. A curve further to the upper left is better.
 *
 * @throws FacekpError `PLOT_EMPTY` if there are no runs or a run has no faces, `PLOT_LABELS` if two runs have the same label,
 *   `METRIC_THRESHOLD` if `maxError` or `threshold` is not above 0
 * @example
 * ```ts
 * const { errors } = evaluateKeypoints(pairs, IBUG_68)
 * await writePlot(await cedCurves([{ label: 'heatmaps', errors }]), 'ced.png')
 * ```
 */
export async function cedCurves(runs: readonly RunErrors[], options: CedCurvesOptions = {}): Promise<Plot> {
  checkArgument(CED_CURVES_RUNS, runs, 'runs', 'cedCurves')
  checkArgument(CED_CURVES_OPTIONS, options, 'options', 'cedCurves')
  const { title = 'Cumulative error distribution', threshold = 0.08, normalization = 'interocular' } = options
  checkLabels(runs)
  for (const { label, errors } of runs) if (errors.length === 0) throw emptyPlotError(`face of run ${label}`)
  const { maxError = chooseMaxError(runs, threshold) } = options
  const values = runs.flatMap(({ errors }, run) =>
    cumulativeErrors(errors, maxError).map((point) => ({ run, ...point })),
  )
  const curves = {
    data: { values },
    mark: { type: 'line', strokeWidth: 2.2, interpolate: 'step-after', clip: true },
    encoding: {
      x: encodePercent('error', `NME (${normalization})`, maxError),
      y: encodePercent('fraction', 'faces with at most this error', 1),
      ...encodeRuns(runs.map((run) => formatLegend(run, threshold))),
    },
  }
  const layer = [...(threshold <= maxError ? createThresholdLayers(threshold) : []), curves]
  return renderChart(title, [{ width: 620, height: 380, layer }])
}

function chooseMaxError(runs: readonly RunErrors[], threshold: number): number {
  const percentiles = runs
    .map(({ errors }) => errors.filter((error) => error !== Number.POSITIVE_INFINITY))
    .filter((errors) => errors.length > 0)
    .map((errors) => percentile(errors, 90))
  return percentiles.length > 0 ? Math.max(1.25 * threshold, Math.min(...percentiles)) : 1.25 * threshold
}

function encodePercent(field: string, title: string, max: number): Panel {
  return {
    field,
    type: 'quantitative',
    title,
    scale: { domain: [0, max], nice: false },
    axis: { format: '~%', tickCount: 6 },
  }
}

function formatLegend({ label, errors }: RunErrors, threshold: number): string {
  const area = areaUnderCurve(errors, threshold).toFixed(3)
  const failures = (100 * failureRate(errors, threshold)).toFixed(1)
  return `${truncateMiddle(label, 28)}: AUC ${area}, failure rate ${failures} %`
}

function createThresholdLayers(threshold: number): readonly Panel[] {
  const data = { values: [{ threshold }] }
  const x = { field: 'threshold', type: 'quantitative' }
  return [
    { data, mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: COLORS.soft }, encoding: { x } },
    {
      data,
      // Above the panel, outside the curves.
      mark: { type: 'text', align: 'center', baseline: 'bottom', dy: -5, fontSize: 12, color: COLORS.soft },
      encoding: { x, y: { value: 0 }, text: { value: `threshold ${formatPercent(threshold)}` } },
    },
  ]
}

function formatPercent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(6))} %`
}
