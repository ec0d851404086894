import { checkArgument, listKind, objectKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkLabels } from '../checks.ts'
import { type Panel, renderChart } from '../drawing/chart.ts'
import type { Plot } from '../drawing/plot.ts'
import { LINE_COLORS } from '../drawing/theme.ts'
import { checkEpochs, createEpochAxis, type EpochMetrics } from '../epoch-metrics.ts'
import { emptyPlotError } from '../errors.ts'

const LOSS_COMPARISON_TRAININGS = listKind(
  objectKind({ label: KINDS.string, histories: listKind(listKind(KINDS.object)) }),
)
const LOSS_COMPARISON_OPTIONS = optionsKind({ title: KINDS.string, logScale: KINDS.boolean })

/** Runs of one configuration that differ by their seeds. */
export interface ComparedTrainings {
  readonly label: string
  /** The history of each run. */
  readonly histories: readonly (readonly EpochMetrics[])[]
}

export interface LossComparisonOptions {
  /** Default `Loss by epoch`. */
  readonly title?: string
  /** Logarithmic y axes, for losses that fall by orders of magnitude; default false. */
  readonly logScale?: boolean
}

const LOSSES = [
  { name: 'training loss', field: 'trainLoss' },
  { name: 'validation loss', field: 'valLoss' },
] as const

/**
 * Plots training and validation losses by epoch of configurations: the mean over the seeds as a line, minimum to maximum as a band.
 *
 * @throws FacekpError `PLOT_EMPTY` if there is no configuration, run or epoch, `PLOT_LABELS` if two configurations have the same label,
 *   `PLOT_NOT_FINITE` if a metric is not a finite number
 * @example
 * ```ts
 * const plot = await lossComparison([
 *   { label: 'plain', histories: [plain1.history, plain2.history] },
 *   { label: 'anti-aliased', histories: [antialiased1.history, antialiased2.history] },
 * ])
 * ```
 */
export async function lossComparison(
  trainings: readonly ComparedTrainings[],
  options: LossComparisonOptions = {},
): Promise<Plot> {
  checkArgument(LOSS_COMPARISON_TRAININGS, trainings, 'trainings', 'lossComparison')
  checkArgument(LOSS_COMPARISON_OPTIONS, options, 'options', 'lossComparison')
  const { title = 'Loss by epoch', logScale = false } = options
  checkLabels(trainings)
  for (const { label, histories } of trainings) {
    if (histories.length === 0) throw emptyPlotError(`run of ${label}`)
    histories.forEach(checkEpochs)
  }
  const labels = trainings.map(({ label }) => label)
  const panels = LOSSES.flatMap(({ name, field }) => {
    const values = trainings.flatMap((training) => computeSpread(training, field))
    return values.length > 0 ? [createPanel(name, values, labels, logScale)] : []
  })
  return renderChart(title, panels)
}

interface Spread {
  readonly label: string
  readonly epoch: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Computes mean, minimum and maximum of a loss at each epoch. */
function computeSpread({ label, histories }: ComparedTrainings, field: 'trainLoss' | 'valLoss'): readonly Spread[] {
  const byEpoch = new Map<number, number[]>()
  for (const metrics of histories.flat()) {
    const loss = metrics[field]
    if (loss !== undefined) byEpoch.set(metrics.epoch, [...(byEpoch.get(metrics.epoch) ?? []), loss])
  }
  return [...byEpoch].map(([epoch, losses]) => ({
    label,
    epoch,
    mean: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    low: Math.min(...losses),
    high: Math.max(...losses),
  }))
}

function createPanel(name: string, values: readonly Spread[], labels: readonly string[], logScale: boolean): Panel {
  const epochs = Math.max(...values.map(({ epoch }) => epoch))
  const isPositive = values.every(({ low }) => low > 0)
  const y = {
    type: 'quantitative',
    title: name,
    scale: logScale && isPositive ? { type: 'log', nice: false, padding: 10 } : { zero: true },
    axis: { tickCount: 5, format: '~g' },
  }
  const color = {
    field: 'label',
    type: 'nominal',
    scale: { domain: labels, range: LINE_COLORS },
    legend: { symbolOpacity: 1 },
  }
  const x = createEpochAxis(epochs)
  // A single epoch has no width: a bar replaces the band and a point the line.
  const isSingle = epochs === 1
  const hasSingle = labels.some((label) => values.filter((value) => value.label === label).length === 1)
  return {
    width: 400,
    height: 280,
    data: { values },
    layer: [
      {
        mark: isSingle ? { type: 'rule', strokeWidth: 8, opacity: 0.25 } : { type: 'area', opacity: 0.2 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'line', strokeWidth: 2, point: hasSingle },
        encoding: { x, y: { field: 'mean', ...y }, color },
      },
    ],
  }
}
