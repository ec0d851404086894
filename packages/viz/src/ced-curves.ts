import { FacekpError } from '@facekp/core'
import { cumulativeErrors } from '@facekp/metrics'
import { drawChart } from './chart.ts'
import type { Figure } from './figure.ts'
import { LINES } from './theme.ts'

/** What is drawn of a run. */
export interface RunErrors {
  readonly label: string
  /** One normalised error a face: 0.05 is 5 %. */
  readonly errors: readonly number[]
}

export interface CedCurvesOptions {
  readonly title?: string
  /** Where the axis of errors ends; default 0.1. */
  readonly upTo?: number
  /** What errors are divided by, for the axis; default `inter-ocular`. */
  readonly by?: string
}

/**
 * Cumulative error distributions (CED) of several runs in one picture: how many faces, in percent, have at most which error. Steeper and
 * further to the left is better.
 *
 * Throws `FIGURE_EMPTY` without runs or for one without faces, `FIGURE_LABELS` where two runs have the same label.
 *
 * @example
 * ```ts
 * const { errors } = evaluateFaces(faces, IBUG_68)
 * await writeFigure(await cedCurves([{ label: 'heatmaps', errors }]), 'ced.png')
 * ```
 */
export async function cedCurves(
  runs: readonly RunErrors[],
  { title = 'Cumulative errors', upTo = 0.1, by = 'inter-ocular' }: CedCurvesOptions = {},
): Promise<Figure> {
  const empty = runs.find(({ errors }) => errors.length === 0)
  if (runs.length === 0 || empty) {
    const problem = empty ? `run ${empty.label} has no face to draw` : 'there is no run to draw'
    throw new FacekpError({ code: 'FIGURE_EMPTY', problem })
  }
  const labels = runs.map(({ label }) => label)
  const twice = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twice !== undefined) {
    throw new FacekpError({ code: 'FIGURE_LABELS', problem: 'two runs have the same label', received: twice })
  }
  const values = runs.flatMap(({ label, errors }) =>
    cumulativeErrors(errors, upTo).map(({ error, faces }) => ({ run: label, error, faces })),
  )
  return drawChart(title, [
    {
      width: 520,
      height: 340,
      data: { values },
      mark: { type: 'line', strokeWidth: 2, interpolate: 'step-after' },
      encoding: {
        x: {
          field: 'error',
          type: 'quantitative',
          title: `NME (${by})`,
          scale: { domain: [0, upTo], nice: false },
          axis: { format: '~%', tickCount: 6 },
        },
        y: {
          field: 'faces',
          type: 'quantitative',
          title: 'faces with at most this error',
          scale: { domain: [0, 1] },
          axis: { format: '~%', tickCount: 6 },
        },
        color: { field: 'run', type: 'nominal', scale: { domain: labels, range: LINES } },
      },
    },
  ])
}
