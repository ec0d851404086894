import { FacekpError } from '@facekp/core'
import { areaUnderCurve, cumulativeErrors, failureRate, percentile } from '@facekp/metrics'
import { checkLabels, drawChart, runLines } from './chart.ts'
import type { Plot } from './figure.ts'
import { shortened } from './svg.ts'
import { INK } from './theme.ts'

/** What is drawn of a run. */
export interface RunErrors {
  readonly label: string
  /** One normalized error a face: 0.05 is 5 %. */
  readonly errors: readonly number[]
}

export interface CedCurvesOptions {
  readonly title?: string
  /** Where the axis of errors ends; default 1.25 times the threshold, or beyond, where the best run has nine of ten faces. */
  readonly maxError?: number
  /** The error above which a face has failed, and up to which the area under the curve is taken; default 0.08, as 300-W has it. */
  readonly threshold?: number
  /** What errors are divided by, for the axis; default `inter-ocular`. */
  readonly normalization?: string
}

/**
 * Cumulative error distributions (CED) of several runs in one picture: how many faces, in percent, have at most which error, with a line
 * at the threshold; the legend tells each run's area under the curve up to there, and how many of its faces lie beyond. Steeper and
 * further to the left is better.
 *
 * Throws `PLOT_EMPTY` without runs or for one without faces, `PLOT_LABELS` where two runs have the same label, and
 * `METRIC_THRESHOLD` where `upTo` or `threshold` is not above 0.
 *
 * @example
 * ```ts
 * const { errors } = evaluateKeypoints(faces, IBUG_68)
 * await writePlot(await cedCurves([{ label: 'heatmaps', errors }]), 'ced.png')
 * ```
 */
export async function cedCurves(
  runs: readonly RunErrors[],
  { title = 'Cumulative errors', threshold = 0.08, normalization = 'inter-ocular', ...more }: CedCurvesOptions = {},
): Promise<Plot> {
  checkLabels(runs)
  const empty = runs.find(({ errors }) => errors.length === 0)
  if (empty) throw new FacekpError({ code: 'PLOT_EMPTY', problem: `run ${empty.label} has no face to draw` })
  const { maxError = Math.max(1.25 * threshold, Math.min(...runs.map(({ errors }) => percentile(errors, 90)))) } = more
  const values = runs.flatMap(({ errors }, run) =>
    cumulativeErrors(errors, maxError).map((place) => ({ run, ...place })),
  )
  const axis = { format: '~%', tickCount: 6 }
  const error = {
    field: 'error',
    type: 'quantitative',
    title: `NME (${normalization})`,
    scale: { domain: [0, maxError], nice: false },
    axis,
  }
  const fraction = {
    field: 'fraction',
    type: 'quantitative',
    title: 'faces with at most this error',
    scale: { domain: [0, 1] },
    axis,
  }
  return drawChart(title, [
    {
      width: 620,
      height: 380,
      layer: [
        ...(threshold <= maxError ? thresholdLine(threshold) : []),
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 2.2, interpolate: 'step-after', clip: true },
          encoding: {
            x: error,
            y: fraction,
            ...runLines(runs.map((run) => legendLine(run, threshold))),
          },
        },
      ],
    },
  ])
}

function legendLine({ label, errors }: RunErrors, threshold: number): string {
  const area = areaUnderCurve(errors, threshold).toFixed(3)
  const failed = (100 * failureRate(errors, threshold)).toFixed(1)
  return `${shortened(label, 28)}: AUC ${area}, ${failed} % above ${percent(threshold)}`
}

function thresholdLine(threshold: number): readonly object[] {
  const data = { values: [{ threshold }] }
  const x = { field: 'threshold', type: 'quantitative' }
  return [
    { data, mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: INK.soft }, encoding: { x } },
    {
      data,
      // Above the panel, where no curve runs.
      mark: { type: 'text', align: 'center', baseline: 'bottom', dy: -5, fontSize: 12, color: INK.soft },
      encoding: { x, y: { value: 0 }, text: { value: `threshold ${percent(threshold)}` } },
    },
  ]
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(6))} %`
}
