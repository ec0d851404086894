import { checkFinite } from '../checks.ts'
import { encodeRuns, LEARNING_RATE_LABELS, type Panel, renderChart } from '../drawing/chart.ts'
import { truncateMiddle } from '../drawing/svg.ts'
import { createEpochAxis } from '../epoch-metrics.ts'
import type { CaptionedPlot } from '../pages/page.ts'
import { cedCurves } from '../plots/ced-curves.ts'
import type { ComparedEpoch, ComparedRun } from './compared-run.ts'
import { listMetricKinds } from './metric-kinds.ts'
import { createMetricPanel } from './metric-panel.ts'

/** A plot of a comparison. */
export interface ComparisonPlot extends CaptionedPlot {
  /** Name of its file, without extension. */
  readonly name: string
}

/** The metrics of an epoch that a panel can show, by name, with their titles. */
const EPOCH_METRICS = {
  trainLoss: 'training loss',
  valLoss: 'validation loss',
  valErrorPx: 'validation error (px)',
  learningRate: 'learning rate',
  gradientNorm: 'gradient norm',
} as const satisfies Partial<Record<keyof ComparedEpoch, string>>

type EpochMetricName = keyof typeof EPOCH_METRICS

/**
 * Plots comparable runs: final metrics, cumulative errors, losses and learning rates; plots without data are omitted.
 *
 * @throws FacekpError `PLOT_NOT_FINITE` if a metric of a history is not a finite number
 */
export async function plotRuns(runs: readonly ComparedRun[]): Promise<ComparisonPlot[]> {
  for (const { label, history } of runs) {
    for (const { epoch, trainLoss, valLoss, valErrorPx, learningRate, gradientNorm } of history) {
      const metrics = { trainLoss, valLoss, valErrorPx, learningRate, gradientNorm }
      checkFinite(`epoch ${epoch} of run ${label}`, metrics)
    }
  }
  const plots = [await plotMetrics(runs), await plotErrors(runs), await plotLosses(runs), await plotTraining(runs)]
  return plots.filter((plot) => plot !== undefined)
}

async function plotMetrics(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const kinds = listMetricKinds(runs)
  if (kinds.length === 0) return undefined
  const panels = kinds.map((kind) => createMetricPanel(runs, kind))
  return {
    name: 'metrics',
    plot: await renderChart('Metrics', panels, Math.min(2, kinds.length)),
    caption:
      'Final metrics of each run with their confidence intervals over the faces, if known. A green diamond marks the best run. Runs with overlapping intervals may be equally good.',
  }
}

async function plotErrors(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const measuredRuns = runs.flatMap(({ label, faces = [] }) => {
    const errors = faces.flatMap(({ nme }) => nme ?? [])
    return errors.length > 0 ? [{ label, errors }] : []
  })
  const [first] = runs
  if (measuredRuns.length === 0 || !first) return undefined
  const { threshold = 0.08, normalization } = first
  return {
    name: 'ced',
    plot: await cedCurves(measuredRuns, { threshold, ...(normalization ? { normalization } : {}) }),
    caption: 'Fraction of the faces with at most each error. A curve further to the upper left is better.',
  }
}

async function plotLosses(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const panels = createEpochPanels(runs, ['trainLoss', 'valLoss', 'valErrorPx'])
  if (panels.length === 0) return undefined
  return {
    name: 'losses',
    plot: await renderChart('Losses by epoch', panels, 2),
    caption: 'Losses of different kinds are not comparable; errors in pixels are.',
  }
}

async function plotTraining(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const panels = createEpochPanels(runs, ['learningRate', 'gradientNorm'])
  if (panels.length === 0) return undefined
  return {
    name: 'training',
    plot: await renderChart('Learning rate and gradient norm by epoch', panels, 2),
    caption: 'Learning rate at the end of each epoch, and mean gradient norm if it was measured.',
  }
}

/** Creates a panel with a curve per run for each metric that at least one run has. */
function createEpochPanels(runs: readonly ComparedRun[], names: readonly EpochMetricName[]): Panel[] {
  return names.map((name) => createEpochPanel(runs, name)).filter((panel) => panel !== undefined)
}

function createEpochPanel(runs: readonly ComparedRun[], name: EpochMetricName): Panel | undefined {
  const values = runs.flatMap(({ history }, run) =>
    history.flatMap(({ epoch, [name]: value }) => (value === undefined ? [] : [{ run, epoch, value }])),
  )
  if (values.length === 0) return undefined
  const isLog = name !== 'learningRate' && values.every(({ value }) => value > 0)
  // A run of one epoch is drawn as a point.
  const hasPoints = runs.some(({ history }) => history.length === 1)
  return {
    width: 380,
    height: 240,
    data: { values },
    mark: { type: 'line', strokeWidth: 2, point: hasPoints && { size: 24 } },
    encoding: {
      x: createEpochAxis(Math.max(...values.map(({ epoch }) => epoch))),
      y: {
        field: 'value',
        type: 'quantitative',
        title: EPOCH_METRICS[name],
        scale: isLog ? { type: 'log', nice: false, padding: 6 } : { zero: true },
        axis: { tickCount: 5, ...(name === 'learningRate' ? LEARNING_RATE_LABELS : { format: '~g' }) },
      },
      ...encodeRuns(runs.map(({ label }) => truncateMiddle(label, 60))),
    },
  }
}
