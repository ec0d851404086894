import { FacekpError } from '@facekp/core'
import { drawChart, type Panel } from './chart.ts'
import { checkEpochs, type EpochMetrics, epochAxis } from './epochs.ts'
import type { Plot } from './figure.ts'
import { LINES } from './theme.ts'

/** Trainings that differ by chance alone, such as by their seeds. */
export interface ComparedTrainings {
  readonly label: string
  /** One a training. */
  readonly histories: readonly (readonly EpochMetrics[])[]
}

export interface LossComparisonOptions {
  readonly title?: string
  /** Logarithmic axes, where the loss falls by orders of magnitude. */
  readonly logScale?: boolean
}

const [WIDTH, HEIGHT] = [400, 280]

/**
 * Losses by epoch of what is compared, those of training and those of validation beside each other: the mean over the trainings as
 * a line, and from the smallest to the largest as a band about it. Drawn by Vega-Lite.
 *
 * Throws `PLOT_EMPTY` without trainings or for one without epochs, `PLOT_LABELS` where two have the same label, and
 * `PLOT_NOT_FINITE` for a figure that is no number.
 *
 * @example
 * ```ts
 * const figure = await lossComparison([
 *   { label: 'plain', histories: [one.history, two.history] },
 *   { label: 'anti-aliased', histories: [three.history, four.history] },
 * ])
 * ```
 */
export async function lossComparison(
  compared: readonly ComparedTrainings[],
  { title = 'Loss by epoch', logScale = false }: LossComparisonOptions = {},
): Promise<Plot> {
  const empty = compared.find(({ histories }) => histories.length === 0)
  if (compared.length === 0 || empty) {
    const problem = empty ? `there is no training of ${empty.label} to draw` : 'there is no training to draw'
    throw new FacekpError({ code: 'PLOT_EMPTY', problem })
  }
  const labels = compared.map(({ label }) => label)
  const twice = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twice !== undefined) {
    throw new FacekpError({ code: 'PLOT_LABELS', problem: 'two have the same label', received: twice })
  }
  for (const { histories } of compared) histories.forEach(checkEpochs)
  const sets = [
    { name: 'training loss', field: 'trainLoss' },
    { name: 'validation loss', field: 'valLoss' },
  ] as const
  const panels = sets.map(({ name, field }) => ({ name, values: compared.flatMap((one) => spreadOf(one, field)) }))
  return drawChart(
    title,
    panels.filter(({ values }) => values.length > 0).map(({ name, values }) => panel(name, values, labels, logScale)),
  )
}

interface Spread {
  readonly label: string
  readonly epoch: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What the trainings have of each epoch. */
function spreadOf({ label, histories }: ComparedTrainings, field: 'trainLoss' | 'valLoss'): readonly Spread[] {
  const byEpoch = new Map<number, number[]>()
  for (const figures of histories.flat()) {
    const loss = figures[field]
    if (loss !== undefined) byEpoch.set(figures.epoch, [...(byEpoch.get(figures.epoch) ?? []), loss])
  }
  return [...byEpoch].map(([epoch, losses]) => ({
    label,
    epoch,
    mean: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    low: Math.min(...losses),
    high: Math.max(...losses),
  }))
}

function panel(name: string, values: readonly Spread[], labels: readonly string[], logarithmic: boolean): Panel {
  const epochs = Math.max(...values.map(({ epoch }) => epoch))
  const positive = values.every(({ low }) => low > 0)
  const y = {
    type: 'quantitative',
    title: name,
    scale: logarithmic && positive ? { type: 'log', nice: false, padding: 10 } : { zero: true },
    axis: { tickCount: 5, format: '~g' },
  }
  const color = {
    field: 'label',
    type: 'nominal',
    scale: { domain: labels, range: LINES },
    legend: { symbolOpacity: 1 },
  }
  const x = epochAxis(epochs)
  // An epoch alone has no width: a bar in place of the band, a point in place of the line.
  const alone = epochs === 1
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      {
        mark: alone ? { type: 'rule', strokeWidth: 8, opacity: 0.25 } : { type: 'area', opacity: 0.2 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'line', strokeWidth: 2, point: alone },
        encoding: { x, y: { field: 'mean', ...y }, color },
      },
    ],
  }
}
