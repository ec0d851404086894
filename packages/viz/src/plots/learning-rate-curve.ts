import { checkArgument, listKind, objectKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Panel, renderChart } from '../drawing/chart.ts'
import type { Plot } from '../drawing/plot.ts'
import { COLORS } from '../drawing/theme.ts'
import { emptyPlotError } from '../errors.ts'

const LEARNING_RATE_CURVE_CURVE = objectKind({ points: listKind(KINDS.object) })
const LEARNING_RATE_CURVE_OPTIONS = optionsKind({ title: KINDS.string })

/** Result of a learning rate search, as `findLearningRate` of `@facekp/trainer` returns it. */
export interface LearningRateCurvePoints {
  readonly points: readonly {
    readonly learningRate: number
    readonly loss: number
    readonly smoothedLoss: number
  }[]
  /** The suggested learning rate. */
  readonly suggested: number
}

/** Height of the axis relative to the largest smoothed loss before the minimum: larger losses are drawn at this height. */
const HEADROOM = 1.2

/**
 * Plots loss and smoothed loss by learning rate and marks the suggested learning rate.
 *
 * @param options.title default `Loss by learning rate`
 * @throws FacekpError `PLOT_EMPTY` if there are no points
 * @example
 * ```ts
 * await writePlot(await learningRateCurve(await findLearningRate(settings)), 'learning-rate.svg')
 * ```
 */
export async function learningRateCurve(
  curve: LearningRateCurvePoints,
  options: { readonly title?: string } = {},
): Promise<Plot> {
  checkArgument(LEARNING_RATE_CURVE_CURVE, curve, 'curve', 'learningRateCurve')
  const { points, suggested } = curve
  checkArgument(LEARNING_RATE_CURVE_OPTIONS, options, 'options', 'learningRateCurve')
  const { title = 'Loss by learning rate' } = options
  if (points.length === 0) throw emptyPlotError('learning rate')
  const beforeDivergence = points.slice(0, findMinimum(points) + 1)
  const maxLoss = HEADROOM * Math.max(...beforeDivergence.map(({ smoothedLoss }) => smoothedLoss))
  const x = {
    field: 'learningRate',
    type: 'quantitative',
    title: 'learning rate',
    scale: { type: 'log' },
    axis: { grid: false, format: '~e', tickCount: 8 },
  }
  const createCurve = (field: 'loss' | 'smoothedLoss', strokeWidth: number, opacity: number): Panel => ({
    data: {
      values: points.map((point) => ({ learningRate: point.learningRate, loss: Math.min(point[field], maxLoss) })),
    },
    mark: { type: 'line', strokeWidth, opacity, color: COLORS.blue },
    encoding: {
      x,
      y: {
        field: 'loss',
        type: 'quantitative',
        title: 'loss and smoothed loss',
        scale: { domain: [0, maxLoss] },
        axis: { tickCount: 5, format: '~g' },
      },
    },
  })
  const layer = [createCurve('loss', 1, 0.45), createCurve('smoothedLoss', 2.5, 1), ...createMarkers(suggested, x)]
  return renderChart(title, [{ width: 560, height: 300, layer }])
}

function createMarkers(suggested: number, x: Panel): readonly Panel[] {
  const data = { values: [{ learningRate: suggested }] }
  const label = `suggested ${suggested.toPrecision(2)}`
  return [
    {
      data,
      mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: COLORS.orange },
      encoding: { x },
    },
    {
      data,
      mark: { type: 'text', align: 'left', baseline: 'top', dx: 6, dy: 4, fontSize: 13, color: COLORS.orange },
      encoding: { x, y: { value: 0 }, text: { value: label } },
    },
  ]
}

/** Finds the index of the point with the smallest smoothed loss. */
function findMinimum(points: LearningRateCurvePoints['points']): number {
  let minimum = 0
  for (const [i, { smoothedLoss }] of points.entries()) {
    if (smoothedLoss < (points[minimum]?.smoothedLoss as number)) minimum = i
  }
  return minimum
}
