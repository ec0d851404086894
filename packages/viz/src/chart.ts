import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Figure } from './figure.ts'
import { figureOf } from './svg.ts'
import { FONT, INK } from './theme.ts'

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
  legend: { labelColor: INK.ink, labelFontSize: 13, labelLimit: 400, orient: 'top', title: null, symbolStrokeWidth: 3 },
}

/** Panels beside each other, drawn by Vega-Lite. */
export async function drawChart(title: string, panels: readonly Panel[]): Promise<Figure> {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: CONFIG,
    hconcat: panels,
    spacing: 40,
  } as unknown as TopLevelSpec
  const drawn = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  const [, width, height] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(drawn) ?? []
  return figureOf(title, Number(width), Number(height), drawn)
}
