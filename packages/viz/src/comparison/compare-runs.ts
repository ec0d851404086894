import { checkArgument, listKind, objectKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type NewFile, writeFiles } from '@facekp/files'
import { checkLabels } from '../checks.ts'
import { plotToPng } from '../drawing/png.ts'
import { escapeText } from '../drawing/svg.ts'
import {
  type Cell,
  flattenSettings,
  renderCaptionedPlot,
  renderHeading,
  renderPage,
  renderParagraph,
  renderTable,
} from '../pages/page.ts'
import { type ComparedRun, describeData, groupComparableRuns } from './compared-run.ts'
import { type ComparisonPlot, plotRuns } from './comparison-plots.ts'
import { findBest, formatMetric, formatNumber, getMetric, listMetricKinds, type MetricKind } from './metric-kinds.ts'

const WRITE_COMPARISON_COMPARISON = objectKind({ html: KINDS.string, plots: KINDS.array })

const COMPARE_RUNS_RUNS = listKind(objectKind({ label: KINDS.string, data: KINDS.string, metrics: KINDS.object }))
const COMPARE_RUNS_OPTIONS = optionsKind({ title: KINDS.string })

/** A comparison of runs as a page and its plots. */
export interface Comparison {
  /** One self-contained HTML page, light and dark. */
  readonly html: string
  readonly plots: readonly ComparisonPlot[]
}

const MISSING = '–'

/**
 * Compares runs: final metrics with intervals, cumulative errors, losses, learning rates, training time and different settings.
 *
 * Runs that were not evaluated on the same faces, points, normalization and threshold are shown in separate groups, each with its own
 * best run.
 *
 * @param options.title default `Run comparison`
 * @throws FacekpError `PLOT_EMPTY` without runs, `PLOT_LABELS` if two runs have the same label, `PLOT_NOT_FINITE` if a metric of a history
 *   is not a finite number
 * @example
 * ```ts
 * const comparison = await compareRuns([
 *   { label: 'heatmaps', data: 'faces', metrics: { nme: { value: 0.04 } }, history: [], settings: { seed: 1 } },
 *   { label: 'coordinates', data: 'faces', metrics: { nme: { value: 0.05 } }, history: [], settings: { seed: 2 } },
 * ])
 * await writeComparison(comparison, 'runs/comparison')
 * ```
 */
export async function compareRuns(
  runs: readonly ComparedRun[],
  options: { readonly title?: string } = {},
): Promise<Comparison> {
  checkArgument(COMPARE_RUNS_RUNS, runs, 'runs', 'compareRuns')
  checkArgument(COMPARE_RUNS_OPTIONS, options, 'options', 'compareRuns')
  const { title = 'Run comparison' } = options
  checkLabels(runs)
  const groups = groupComparableRuns(runs)
  const isSingleGroup = groups.length === 1
  const sections: string[] = isSingleGroup ? [] : [renderWarning(groups)]
  const plots: ComparisonPlot[] = []
  for (const [index, group] of groups.entries()) {
    const groupPlots = await plotRuns(group)
    const data = describeData(group[0] as ComparedRun)
    sections.push(
      renderHeading(isSingleGroup ? 'Runs' : `Group ${index + 1}: ${data}`),
      ...(isSingleGroup ? [renderParagraph(`Evaluated on ${data}.`)] : []),
      renderRunTable(group),
      ...groupPlots.map((plot, i) => renderCaptionedPlot(plot, plots.length + i)),
    )
    plots.push(...groupPlots.map((plot) => (index === 0 ? plot : { ...plot, name: `${plot.name}-${index + 1}` })))
  }
  return { html: renderPage(title, [...sections, ...renderSettings(runs)]), plots }
}

/**
 * Writes a comparison as `report.html` and `plots/*.png`, all of these files or none.
 *
 * @param folder is created
 * @throws FacekpError `PLOT_NOT_WRITTEN` if a file cannot be written
 */
export async function writeComparison(comparison: Comparison, folder: string): Promise<void> {
  checkArgument(WRITE_COMPARISON_COMPARISON, comparison, 'comparison', 'writeComparison')
  const { html, plots } = comparison
  checkArgument(KINDS.path, folder, 'folder', 'writeComparison')
  async function* createFiles(): AsyncGenerator<NewFile> {
    for (const { name, plot } of plots) yield { path: `plots/${name}.png`, content: plotToPng(plot) }
    yield { path: 'report.html', content: html }
  }
  await writeFiles(folder, createFiles(), 'PLOT_NOT_WRITTEN')
}

function renderWarning(groups: readonly ComparedRun[][]): string {
  const lines = groups.map((group, i) => {
    const labels = group.map(({ label }) => label).join(', ')
    return `<li>Group ${i + 1}, ${escapeText(describeData(group[0] as ComparedRun))}: ${escapeText(labels)}</li>`
  })
  return `<div class="warning"><strong>These runs were not all evaluated on the same faces in the same way.</strong> Metrics are comparable within a group only; each group has its own best run.<ul>${lines.join('')}</ul></div>`
}

function renderRunTable(runs: readonly ComparedRun[]): string {
  const kinds = listMetricKinds(runs)
  const best = new Map(kinds.map((kind) => [kind, findBest(runs, kind)]))
  const hasTime = runs.some(({ seconds }) => seconds !== undefined)
  const columns = ['run', ...kinds.map(({ title }) => title), 'epochs', ...(hasTime ? ['time'] : [])]
  const rows = runs.map((run): Cell[] => {
    const { label, history, interrupted, seconds } = run
    const time = seconds === undefined ? MISSING : formatDuration(seconds)
    return [
      label,
      ...kinds.map((kind) => createMetricCell(run, kind, best.get(kind))),
      `${history.length}${interrupted ? ', interrupted' : ''}`,
      ...(hasTime ? [time] : []),
    ]
  })
  return renderTable(columns, rows)
}

function createMetricCell(run: ComparedRun, kind: MetricKind, best: number | undefined): Cell {
  const metric = getMetric(run, kind)
  if (!metric) return MISSING
  const { value, low, high } = metric
  const hasInterval = low !== undefined && high !== undefined
  return {
    text: formatMetric(value, kind),
    note: hasInterval ? `${formatNumber(low, kind)} to ${formatNumber(high, kind)}` : undefined,
    isBest: value === best,
  }
}

/** Formats a duration as `1:02:43` or `3:05`. */
function formatDuration(seconds: number): string {
  const total = Math.round(seconds)
  const padZero = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor(total / 60) % 60
  const rest = padZero(total % 60)
  return hours > 0 ? `${hours}:${padZero(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** Renders the settings that differ between the runs; all settings of a single run. */
function renderSettings(runs: readonly ComparedRun[]): string[] {
  const heading = renderHeading(runs.length === 1 ? 'Settings' : 'Different settings')
  const settings = runs.map((run) => new Map(flattenSettings(run.settings)))
  const names = new Set(settings.flatMap((values) => [...values.keys()]))
  const rows = [...names].map((name) => [name, ...settings.map((values) => values.get(name) ?? MISSING)])
  const visibleRows = runs.length === 1 ? rows : rows.filter(([, ...values]) => new Set(values).size > 1)
  if (visibleRows.length === 0) return [heading, renderParagraph('All settings are equal.')]
  return [heading, renderTable(['setting', ...runs.map(({ label }) => label)], visibleRows)]
}
