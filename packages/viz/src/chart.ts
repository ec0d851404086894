import { FacekpError } from '@facekp/core'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Plot } from './figure.ts'
import { figureOf } from './svg.ts'
import { FONT, INK, LINES } from './theme.ts'

/** A panel of a chart, in the words of Vega-Lite. */
export type Panel = Readonly<Record<string, unknown>>

const CONFIG = {
  font: FONT,
  background: 'transparent',
  view: { stroke: INK.line },
  axis: {
    labelColor: INK.soft,
    titleColor: INK.ink,
    gridColor: INK.line,
    gridOpacity: 0.6,
    domainColor: INK.line,
    tickColor: INK.line,
    labelFontSize: 12,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  legend: { labelColor: INK.ink, labelFontSize: 13, labelLimit: 0, orient: 'top', title: null, symbolStrokeWidth: 3 },
}

/** Panels beside each other, in rows of so many, drawn by Vega-Lite. */
export async function drawChart(
  title: string,
  panels: readonly Panel[],
  columns: number = panels.length,
): Promise<Plot> {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: CONFIG,
    concat: panels,
    columns,
    spacing: 40,
  } as unknown as TopLevelSpec
  const drawn = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  const [, width, height] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(drawn) ?? []
  return figureOf(title, Number(width), Number(height), drawn)
}

/** Solid first; told apart without color too. */
const DASHES = [
  [1, 0],
  [8, 3],
  [2, 3],
  [10, 3, 2, 3],
  [5, 5],
] as const

/**
 * How runs' lines look, a run being told by its number from 0 in the field `run`: each its color and its dashes, which come again
 * together after thirty runs.
 *
 * @param legend the line of the legend for each
 */
export function runLines(legend: readonly string[]): Pick<Panel, 'color' | 'strokeDash'> {
  const scale = (range: readonly unknown[]): Panel => ({
    field: 'run',
    type: 'nominal',
    scale: { domain: [...legend.keys()], range: legend.map((_, i) => range[i % range.length]) },
    legend: {
      columns: 1,
      symbolType: 'stroke',
      symbolSize: 500,
      labelExpr: byNumber(legend),
    },
  })
  return { color: scale(LINES), strokeDash: scale(DASHES) }
}

/** An expression of Vega's for the text of a number from 0. Separators that JSON takes and expressions do not become blanks. */
export function byNumber(texts: readonly string[]): string {
  return `${JSON.stringify(texts).replaceAll(/[\u2028\u2029]/g, ' ')}[datum.value]`
}

/** Throws `PLOT_EMPTY` without runs, `PLOT_LABELS` where two have the same label. */
export function checkLabels(runs: readonly { readonly label: string }[]): void {
  if (runs.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no run to draw' })
  const labels = runs.map(({ label }) => label)
  const twice = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twice === undefined) return
  throw new FacekpError({ code: 'PLOT_LABELS', problem: 'two runs have the same label', received: twice })
}

/** Throws `PLOT_EMPTY` where nothing is told of a training. */
export function checkHistory(history: readonly unknown[]): void {
  if (history.length === 0) throw new FacekpError({ code: 'PLOT_EMPTY', problem: 'there is no epoch or step to draw' })
}

/** How learning rates are written on their axis. */
export const RATE_LABELS = { labelExpr: "datum.value === 0 ? '0' : format(datum.value, '.1~e')" } as const

/** Throws `PLOT_NOT_FINITE` where one of these figures of `when` (such as `epoch 3`) is given and no finite number. */
export function checkFinite(when: string, figures: Readonly<Record<string, number | undefined>>): void {
  const bad = Object.entries(figures).find(([, value]) => value !== undefined && !Number.isFinite(value))
  if (!bad) return
  throw new FacekpError({
    code: 'PLOT_NOT_FINITE',
    problem: `${bad[0]} of ${when} is not a finite number`,
    received: String(bad[1]),
  })
}
