import { FacekpError } from '@facekp/core'
import { drawChart } from './chart.ts'
import type { Plot } from './figure.ts'
import { INK } from './theme.ts'

/** What a search for a learning rate found: what `findLearningRate` of `@facekp/trainer` gives. */
export interface LearningRateCurvePoints {
  readonly points: readonly {
    readonly learningRate: number
    readonly loss: number
    readonly smoothedLoss: number
  }[]
  readonly suggested: number
}

const [WIDTH, HEIGHT] = [560, 300]
/** Losses above so many times the largest smoothed one before the loss ran away are drawn at that height. */
const HEADROOM = 1.2

/**
 * Loss by learning rate, of each batch and smoothed, with the suggested rate marked. Throws `PLOT_EMPTY` without points.
 *
 * @example
 * ```ts
 * await writePlot(await learningRateCurve(await findLearningRate(settings)), 'learning-rate.svg')
 * ```
 */
export async function learningRateCurve(
  { points, suggested }: LearningRateCurvePoints,
  { title = 'Loss by learning rate' }: { readonly title?: string } = {},
): Promise<Plot> {
  const [first] = points
  if (!first) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no learning rate to draw' })
  const top = HEADROOM * Math.max(...points.slice(0, lowestOf(points) + 1).map(({ smoothedLoss }) => smoothedLoss))
  const rate = {
    field: 'learningRate',
    type: 'quantitative',
    title: 'learning rate',
    scale: { type: 'log' },
    axis: { grid: false, format: '~e', tickCount: 8 },
  }
  const curve = (field: 'loss' | 'smoothedLoss', strokeWidth: number, opacity: number) => ({
    data: { values: points.map((point) => ({ learningRate: point.learningRate, shown: Math.min(point[field], top) })) },
    mark: { type: 'line', strokeWidth, opacity, color: INK.blue },
    encoding: {
      x: rate,
      y: {
        field: 'shown',
        type: 'quantitative',
        title: 'loss, and its running mean',
        scale: { domain: [0, top] },
        axis: { tickCount: 5, format: '~g' },
      },
    },
  })
  const mark = { data: { values: [{ learningRate: suggested }] } }
  return drawChart(title, [
    {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        curve('loss', 1, 0.45),
        curve('smoothedLoss', 2.5, 1),
        {
          ...mark,
          mark: { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5, color: INK.orange },
          encoding: { x: rate },
        },
        {
          ...mark,
          mark: { type: 'text', align: 'left', baseline: 'top', dx: 6, dy: 4, fontSize: 13, color: INK.orange },
          encoding: { x: rate, y: { value: 0 }, text: { value: `suggested ${suggested.toPrecision(2)}` } },
        },
      ],
    },
  ])
}

/** Which point has the smallest smoothed loss. */
function lowestOf(points: LearningRateCurvePoints['points']): number {
  let lowest = 0
  for (const [i, { smoothedLoss }] of points.entries()) {
    if (smoothedLoss < (points[lowest]?.smoothedLoss as number)) lowest = i
  }
  return lowest
}
