import { join } from 'node:path'
import { writeFileAtomic } from '@facekp/files'
import { checkLabels } from './chart.ts'
import {
  type ComparedRun,
  findBest,
  formatMetric,
  getMetric,
  METRICS,
  measuredAlike,
  measuredOn,
  number,
} from './compared-run.ts'
import { type Cell, figureHtml, flattened, heading, page, paragraph, table } from './page.ts'
import { type ComparisonPlot, runFigures } from './run-figures.ts'
import { escapeText } from './svg.ts'
import { writePlot } from './write-figure.ts'

/** Several runs side by side. */
export interface Comparison {
  /** One page that holds everything it shows and asks for nothing from elsewhere; light and dark. */
  readonly html: string
  readonly plots: readonly ComparisonPlot[]
}

/**
 * Puts runs side by side: their final figures with intervals, the best marked; cumulative errors, losses, learning rates and gradient
 * norms over each other; time and speed; and the settings that differ. Runs that were not measured on the same faces, by the same points
 * and normalization, are told and shown apart, each group with a best of its own.
 *
 * Throws `PLOT_EMPTY` without runs, `PLOT_LABELS` where two have the same label, and `PLOT_NOT_FINITE` where a history has a figure
 * that is no number.
 *
 * @example
 * ```ts
 * const comparison = await compareRuns([
 *   { label: 'heatmaps', data: 'faces', figures: { nme }, history, settings: { seed: 1 } },
 *   { label: 'coordinates', data: 'faces', figures: { nme: other }, history: theirs, settings: { seed: 2 } },
 * ])
 * await writeComparison(comparison, 'runs/comparison')
 * ```
 */
export async function compareRuns(
  runs: readonly ComparedRun[],
  { title = 'Runs compared' }: { readonly title?: string } = {},
): Promise<Comparison> {
  checkLabels(runs)
  const groups = measuredAlike(runs)
  const sections: string[] = []
  const figures: ComparisonPlot[] = []
  for (const [index, group] of groups.entries()) {
    const drawn = await runFigures(group)
    const first = group[0] as ComparedRun
    sections.push(
      heading(groups.length === 1 ? 'Runs' : `Group ${index + 1}: ${measuredOn(first)}`),
      ...(groups.length === 1 ? [paragraph(`Measured on ${measuredOn(first)}.`)] : []),
      runTable(group),
      ...drawn.map((figure, i) => figureHtml(figure, figures.length + i)),
    )
    figures.push(...drawn.map((figure) => (index === 0 ? figure : { ...figure, name: `${figure.name}-${index + 1}` })))
  }
  return {
    html: page(title, [...(groups.length > 1 ? [warning(groups)] : []), ...sections, ...settingTable(runs)]),
    plots: figures,
  }
}

/** Writes a comparison as `report.html` and `plots/*.png` into a folder, each file whole or not at all. */
export async function writeComparison({ html, plots }: Comparison, folder: string): Promise<void> {
  for (const { name, plot } of plots) await writePlot(plot, join(folder, 'plots', `${name}.png`))
  await writeFileAtomic(join(folder, 'report.html'), html, 'PLOT_NOT_WRITTEN')
}

function warning(groups: readonly ComparedRun[][]): string {
  const lines = groups.map((group, i) => {
    const labels = group.map(({ label }) => label).join(', ')
    return `<li>Group ${i + 1}, ${escapeText(measuredOn(group[0] as ComparedRun))}: ${escapeText(labels)}</li>`
  })
  return `<div class="warning"><strong>These runs were not all measured on the same faces in the same way.</strong> Metrics compare within a group only, and each group has a best of its own.<ul>${lines.join('')}</ul></div>`
}

const NONE = '–'

function runTable(runs: readonly ComparedRun[]): string {
  const kinds = METRICS.filter((kind) => runs.some((run) => getMetric(run, kind)))
  const best = new Map(kinds.map((kind) => [kind, findBest(runs, kind)]))
  const timed = runs.some(({ seconds }) => seconds !== undefined)
  const rows = runs.map((run): Cell[] => {
    const { label, history, interrupted, seconds } = run
    return [
      label,
      ...kinds.map((kind): Cell => {
        const figure = getMetric(run, kind)
        if (!figure) return NONE
        const { value, low, high } = figure
        const below =
          low === undefined || high === undefined ? undefined : `${number(low, kind)} to ${number(high, kind)}`
        return { text: formatMetric(value, kind), below, best: value === best.get(kind) }
      }),
      `${history.length}${interrupted ? ', interrupted' : ''}`,
      ...(timed ? [seconds === undefined ? NONE : duration(seconds)] : []),
    ]
  })
  return table(['run', ...kinds.map(({ title }) => title), 'epochs', ...(timed ? ['time'] : [])], rows)
}

/** `1:02:43` or `3:05`, as the progress of a training tells it. */
function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, two(whole % 60)]
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** The settings that differ; of one run all. */
function settingTable(runs: readonly ComparedRun[]): string[] {
  const settings = runs.map((run) => new Map(flattened(run.settings)))
  const names = [...new Set(settings.flatMap((one) => [...one.keys()]))]
  const valuesOf = (name: string): string[] => settings.map((one) => one.get(name) ?? NONE)
  const shown = runs.length === 1 ? names : names.filter((name) => new Set(valuesOf(name)).size > 1)
  return [
    heading(runs.length === 1 ? 'Settings' : 'Settings that differ'),
    ...(shown.length === 0 ? [paragraph('There are none.')] : []),
    ...(shown.length > 0
      ? [
          table(
            ['setting', ...runs.map(({ label }) => label)],
            shown.map((name) => [name, ...valuesOf(name)]),
          ),
        ]
      : []),
  ]
}
