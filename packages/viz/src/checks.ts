import { type ArgumentKind, FacekpError, type KeypointScheme, type Keypoints } from '@facekp/core'
import { emptyPlotError } from './errors.ts'

/** Makes the kind of limits: values of a kind, or Infinity for no limit. */
export function limitKind(kind: ArgumentKind<number>): ArgumentKind<number> {
  return {
    expected: `${kind.expected}, or Infinity`,
    test: (value) => value === Number.POSITIVE_INFINITY || kind.test(value),
  }
}

/**
 * Checks the labels of the runs in a plot.
 *
 * @throws FacekpError `PLOT_EMPTY` without runs, `PLOT_LABELS` if two runs have the same label
 */
export function checkLabels(runs: readonly { readonly label: string }[]): void {
  if (runs.length === 0) throw emptyPlotError('run')
  const labels = runs.map(({ label }) => label)
  const duplicate = labels.find((label, i) => labels.indexOf(label) !== i)
  if (duplicate === undefined) return
  throw new FacekpError({
    code: 'PLOT_LABELS',
    problem: 'two runs have the same label',
    received: duplicate,
    expected: 'a different label for each run',
  })
}

/**
 * Checks that points are those of a scheme. Throws `KEYPOINT_COUNT`.
 *
 * @param source what has the points, for the message, such as `sample a.jpg`
 */
export function checkSchemePoints(source: string, points: Keypoints, { name, pointNames }: KeypointScheme): void {
  if (points.length === 2 * pointNames.length) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: `${source} does not have the points of scheme ${name}`,
    received: `${points.length / 2} points`,
    expected: String(pointNames.length),
  })
}

/** Checks that a training history is not empty. Throws `PLOT_EMPTY`. */
export function checkHistory(history: readonly unknown[]): void {
  if (history.length === 0) throw emptyPlotError('epoch or step')
}

/**
 * Checks that each metric that is present is a finite number. Throws `PLOT_NOT_FINITE`.
 *
 * @param source where the metrics are from, for the message, such as `epoch 3`
 */
export function checkFinite(source: string, metrics: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (value === undefined || Number.isFinite(value)) continue
    throw new FacekpError({
      code: 'PLOT_NOT_FINITE',
      problem: `${name} of ${source} is not a finite number`,
      received: String(value),
      expected: 'a finite number; omit metrics that were not measured',
    })
  }
}
