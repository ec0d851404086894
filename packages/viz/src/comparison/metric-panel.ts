import { labelExpression, type Panel } from '../drawing/chart.ts'
import { truncateMiddle } from '../drawing/svg.ts'
import { COLORS } from '../drawing/theme.ts'
import type { ComparedRun } from './compared-run.ts'
import { findBest, formatMetric, getMetric, type MetricKind } from './metric-kinds.ts'

const PANEL_WIDTH = 230
const ROW_HEIGHT = 28
const LABEL_LENGTH = 22

/** Creates a panel of one metric: a row per run with its value and interval; a green diamond marks the best run. */
export function createMetricPanel(runs: readonly ComparedRun[], kind: MetricKind): Panel {
  const best = findBest(runs, kind)
  const values = runs.flatMap((run, index) => {
    const metric = getMetric(run, kind)
    if (!metric) return []
    const { value, low = value, high = value } = metric
    return [{ run: index, value, low, high, best: value === best, text: formatMetric(value, kind) }]
  })
  const y = createRunAxis(runs)
  const encodeValue = (field: string): Panel => ({
    field,
    type: 'quantitative',
    title: `${kind.title}, ${kind.better} is better`,
    scale: { zero: false, padding: 8 },
    axis: { format: kind.percent ? '~%' : '~r', tickCount: 5 },
  })
  const ifBest = (value: unknown, otherwise: unknown): Panel => ({
    condition: { test: 'datum.best', value },
    value: otherwise,
  })
  const color = ifBest(COLORS.green, COLORS.blue)
  return {
    width: PANEL_WIDTH,
    height: Math.max(2, runs.length) * ROW_HEIGHT,
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2.5 },
        encoding: { y, x: encodeValue('low'), x2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 90 },
        encoding: { y, x: encodeValue('value'), color, shape: ifBest('diamond', 'circle'), size: ifBest(170, 80) },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 8, fontSize: 12 },
        encoding: {
          y,
          x: { value: PANEL_WIDTH },
          text: { field: 'text' },
          color: ifBest(COLORS.green, COLORS.ink),
        },
      },
    ],
  }
}

function createRunAxis(runs: readonly ComparedRun[]): Panel {
  return {
    field: 'run',
    type: 'nominal',
    title: null,
    scale: { domain: [...runs.keys()] },
    axis: {
      labelExpr: labelExpression(runs.map(({ label }) => truncateMiddle(label, LABEL_LENGTH))),
      labelLimit: 0,
      labelColor: COLORS.ink,
    },
  }
}
