import type { TopLevelSpec } from 'vega-lite'
import { createPlot, type Plot } from './plot.ts'
import { COLORS, FONT, LINE_COLORS } from './theme.ts'

/** A part of a Vega-Lite specification. */
export type Panel = Readonly<Record<string, unknown>>

const CONFIG = {
  font: FONT,
  background: 'transparent',
  view: { stroke: COLORS.line },
  axis: {
    labelColor: COLORS.soft,
    titleColor: COLORS.ink,
    gridColor: COLORS.line,
    gridOpacity: 0.6,
    domainColor: COLORS.line,
    tickColor: COLORS.line,
    labelFontSize: 12,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  legend: {
    labelColor: COLORS.ink,
    labelFontSize: 13,
    labelLimit: 0,
    orient: 'top',
    title: null,
    symbolStrokeWidth: 3,
  },
}

/** Renders panels in rows of `columns` by Vega-Lite. */
export async function renderChart(
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
  // Loaded here: vega awaits while it loads, which `require()` does not allow.
  const { parse, View } = await import('vega')
  const { compile } = await import('vega-lite')
  const svg = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  const [, width, height] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []
  return createPlot(title, Number(width), Number(height), svg)
}

/** Dash patterns of lines, the solid one first: runs differ by more than their color. */
const DASHES = [
  [1, 0],
  [8, 3],
  [2, 3],
  [10, 3, 2, 3],
  [5, 5],
] as const

/**
 * Encodes the field `run` (the index of a run) as line color and dash pattern; both repeat together after 30 runs.
 *
 * @param legend the legend's text for each run
 */
export function encodeRuns(legend: readonly string[]): Pick<Panel, 'color' | 'strokeDash'> {
  const scale = (range: readonly unknown[]): Panel => ({
    field: 'run',
    type: 'nominal',
    scale: { domain: [...legend.keys()], range: legend.map((_, i) => range[i % range.length]) },
    legend: {
      columns: 1,
      symbolType: 'stroke',
      symbolSize: 500,
      labelExpr: labelExpression(legend),
    },
  })
  return { color: scale(LINE_COLORS), strokeDash: scale(DASHES) }
}

/** Creates a Vega expression that maps an index to its text. Vega allows no Unicode line separators: they become spaces. */
export function labelExpression(texts: readonly string[]): string {
  return `${JSON.stringify(texts).replaceAll(/[\u2028\u2029]/g, ' ')}[datum.value]`
}

/** Axis labels of learning rates. */
export const LEARNING_RATE_LABELS = { labelExpr: "datum.value === 0 ? '0' : format(datum.value, '.1~e')" } as const
