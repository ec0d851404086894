import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Figure } from './figure.ts'
import { figureOf } from './svg.ts'
import { FONT, INK } from './theme.ts'

/** A panel of a chart, in Vega-Lite's words. Source: https://vega.github.io/vega-lite/docs/spec.html */
export type Panel = Record<string, unknown>

/** Panels side by side in the figures' colours and letters. */
export async function chart(title: string, panels: readonly Panel[]): Promise<Figure> {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: {
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
      legend: {
        labelColor: INK.ink,
        labelFontSize: 13,
        labelLimit: 400,
        orient: 'top',
        title: null,
        symbolStrokeWidth: 3,
      },
    },
    hconcat: panels,
    spacing: 40,
  } as unknown as TopLevelSpec
  const drawn = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  const [, width, height] = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(drawn) ?? []
  return figureOf(title, Number(width), Number(height), drawn)
}
