import { cedCurves } from './ced-curves.ts'
import { byNumber, checkFinite, drawChart, type Panel, RATE_LABELS, runLines } from './chart.ts'
import { type ComparedRun, findBest, formatMetric, getMetric, METRICS, type MetricKind } from './compared-run.ts'
import type { CaptionedPlot } from './page.ts'
import { shortened } from './svg.ts'
import { INK } from './theme.ts'

/** A figure of a comparison. */
export interface ComparisonPlot extends CaptionedPlot {
  /** Of its file, without extension. */
  readonly name: string
}

const LABEL = 22

/** The figures of runs that were measured alike, those that there is something to draw of. */
export async function runFigures(runs: readonly ComparedRun[]): Promise<ComparisonPlot[]> {
  for (const { label, history } of runs) {
    for (const { epoch, ...figures } of history) checkFinite(`epoch ${epoch} of run ${label}`, toNumbers(figures))
  }
  return [await finalFigures(runs), await cumulative(runs), await losses(runs), await rates(runs)].filter(
    (figure) => figure !== undefined,
  )
}

const toNumbers = ({
  trainLoss,
  valLoss,
  valErrorPx,
  learningRate,
  gradientNorm,
}: Omit<ComparedRun['history'][number], 'epoch'>) => ({
  trainLoss,
  valLoss,
  valErrorPx,
  learningRate,
  gradientNorm,
})

async function finalFigures(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const kinds = METRICS.filter((kind) => runs.some((run) => getMetric(run, kind)))
  if (kinds.length === 0) return undefined
  return {
    name: 'metrics',
    plot: await drawChart(
      'What came out',
      kinds.map((kind) => finalPanel(runs, kind)),
      Math.min(2, kinds.length),
    ),
    caption:
      'Each run’s figures, with their intervals over the faces where these are known; a green diamond marks the best. Runs whose intervals overlap may well be equally good.',
  }
}

const [FINAL_WIDTH, FINAL_ROW] = [230, 28]

function finalPanel(runs: readonly ComparedRun[], kind: MetricKind): Panel {
  const best = findBest(runs, kind)
  const values = runs.flatMap((run, index) => {
    const figure = getMetric(run, kind)
    if (!figure) return []
    const { value, low = value, high = value } = figure
    return [{ run: index, value, low, high, best: value === best, text: formatMetric(value, kind) }]
  })
  const run = {
    field: 'run',
    type: 'nominal',
    title: null,
    scale: { domain: [...runs.keys()] },
    axis: {
      labelExpr: byNumber(runs.map(({ label }) => shortened(label, LABEL))),
      labelLimit: 0,
      labelColor: INK.ink,
    },
  }
  const along = (field: string): Panel => ({
    field,
    type: 'quantitative',
    title: `${kind.title}, ${kind.better} is better`,
    scale: { zero: false, padding: 8 },
    axis: { format: kind.percent ? '~%' : '~r', tickCount: 5 },
  })
  const color = { condition: { test: 'datum.best', value: INK.green }, value: INK.blue }
  return {
    width: FINAL_WIDTH,
    height: Math.max(2, runs.length) * FINAL_ROW,
    data: { values },
    layer: [
      { mark: { type: 'rule', strokeWidth: 2.5 }, encoding: { y: run, x: along('low'), x2: { field: 'high' }, color } },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 90 },
        encoding: {
          y: run,
          x: along('value'),
          color,
          shape: { condition: { test: 'datum.best', value: 'diamond' }, value: 'circle' },
          size: { condition: { test: 'datum.best', value: 170 }, value: 80 },
        },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 8, fontSize: 12 },
        encoding: {
          y: run,
          x: { value: FINAL_WIDTH },
          text: { field: 'text' },
          color: { condition: { test: 'datum.best', value: INK.green }, value: INK.ink },
        },
      },
    ],
  }
}

async function cumulative(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const measured = runs.flatMap(({ label, faces = [] }) => {
    const errors = faces.flatMap(({ nme }) => nme ?? [])
    return errors.length > 0 ? [{ label, errors }] : []
  })
  const [first] = runs
  if (measured.length === 0 || !first) return undefined
  const { threshold = 0.08, normalization } = first
  return {
    name: 'ced',
    plot: await cedCurves(measured, { threshold, ...(normalization ? { normalization } : {}) }),
    caption: 'How many of the faces have at most which error: steeper and further to the left is better.',
  }
}

async function losses(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const panels = [
    curves(runs, 'trainLoss', 'training loss', true),
    curves(runs, 'valLoss', 'validation loss', true),
    curves(runs, 'valErrorPx', 'validation error (px)', true),
  ].filter((panel) => panel !== undefined)
  if (panels.length === 0) return undefined
  return {
    name: 'losses',
    plot: await drawChart('Losses by epoch', panels, 2),
    caption: 'Losses of different kinds do not compare, errors in pixels do.',
  }
}

async function rates(runs: readonly ComparedRun[]): Promise<ComparisonPlot | undefined> {
  const panels = [
    curves(runs, 'learningRate', 'learning rate', false),
    curves(runs, 'gradientNorm', 'gradient norm', true),
  ].filter((panel) => panel !== undefined)
  if (panels.length === 0) return undefined
  return {
    name: 'training',
    plot: await drawChart('Learning rate and gradients by epoch', panels, 2),
    caption: 'The learning rate at the end of each epoch, and the mean norm of the gradients where it was measured.',
  }
}

/** The runs' curves of a figure over each other; none where no run has it. */
function curves(
  runs: readonly ComparedRun[],
  field: keyof Omit<ComparedRun['history'][number], 'epoch'>,
  title: string,
  logarithmic: boolean,
): Panel | undefined {
  const values = runs.flatMap(({ history }, run) =>
    history.flatMap((epoch) => (epoch[field] === undefined ? [] : [{ run, epoch: epoch.epoch, value: epoch[field] }])),
  )
  if (values.length === 0) return undefined
  const log = logarithmic && values.every(({ value }) => value > 0)
  const last = Math.max(...values.map(({ epoch }) => epoch))
  return {
    width: 380,
    height: 240,
    data: { values },
    // A run of one epoch is a point.
    mark: { type: 'line', strokeWidth: 2, point: runs.some(({ history }) => history.length === 1) && { size: 24 } },
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        title: 'epoch',
        scale: { domain: last === 1 ? [0.5, 1.5] : [1, last], nice: false },
        axis: { grid: false, tickMinStep: 1, format: 'd', ...(last === 1 ? { values: [1] } : {}) },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: log ? { type: 'log', nice: false, padding: 6 } : { zero: true },
        axis: { tickCount: 5, ...(field === 'learningRate' ? RATE_LABELS : { format: '~g' }) },
      },
      ...runLines(runs.map(({ label }) => shortened(label, 60))),
    },
  }
}
