import type { Json } from '@facekp/core'
import type { Plot } from '../drawing/plot.ts'
import { escapeText } from '../drawing/svg.ts'
import { renderThemeCss, replaceWithCssVariables } from '../drawing/theme.ts'

/** A plot with the caption below it. */
export interface CaptionedPlot {
  readonly plot: Plot
  readonly caption: string
}

/** A cell of a table. */
export type Cell =
  | string
  | {
      readonly text: string
      /** Small text below. */
      readonly note?: string | undefined
      /** Marks the best value of a column. */
      readonly isBest: boolean
    }

/** Renders a self-contained HTML page, light and dark; `body` is HTML. */
export function renderPage(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${renderThemeCss()}${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeText(title)}</h1>
${body.join('\n')}
</main>
</body>
</html>
`
}

const STYLE = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}
main{max-width:1000px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:28px;margin:0 0 20px}
h2{font-size:19px;margin:36px 0 10px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:0 0 20px}
dl div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
dt{color:var(--soft);font-size:13px}
dd{margin:2px 0 0;font-size:20px;font-weight:600;overflow-wrap:anywhere}
figure{margin:28px 0;border:1px solid var(--line);border-radius:8px;overflow:hidden;break-inside:avoid}
figure>svg{display:block;max-width:100%;height:auto}
figcaption{color:var(--soft);font-size:14px;padding:10px 16px;border-top:1px solid var(--line)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:14px}
.cards figure{margin:0;background:var(--panel);display:flex;flex-direction:column}
.cards figure>svg{width:100%;height:200px;background:#000}
.cards figure>div{display:grid;place-items:center;height:110px;background:var(--panel);color:var(--soft)}
.cards figcaption{flex:1;font-size:13px;overflow-wrap:anywhere}
.cards strong{display:block;color:var(--ink)}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:7px 10px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600;overflow-wrap:normal}
td{font-variant-numeric:tabular-nums}
td:first-child{min-width:130px}
td small{display:block;color:var(--soft);font-weight:400;white-space:nowrap}
.best{color:var(--green);font-weight:600}
.warning{border:1px solid var(--orange);border-left-width:5px;border-radius:8px;padding:10px 16px}
`

/** Renders a plot with its caption; `index`, different for each plot of a page, makes the ids in its SVG unique. */
export function renderCaptionedPlot({ plot, caption }: CaptionedPlot, index: number): string {
  const svg = replaceWithCssVariables(plot.svg)
    .replaceAll(/\bid="([^"]+)"/g, `id="plot-${index}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#plot-${index}-$1)`)
  return `<figure>${svg}<figcaption>${escapeText(caption)}</figcaption></figure>`
}

/** Renders the most important values as tiles. */
export function renderTiles(tiles: readonly { readonly label: string; readonly value: string }[]): string {
  const items = tiles.map(({ label, value }) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`)
  return `<dl>${items.join('')}</dl>`
}

export function renderParagraph(text: string): string {
  return `<p>${escapeText(text)}</p>`
}

export function renderHeading(text: string): string {
  return `<h2>${escapeText(text)}</h2>`
}

export function renderTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const header = columns.map((text) => `<th scope="col">${escapeText(text)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(renderCell).join('')}</tr>`).join('')
  return `<div class="table"><table><thead><tr>${header}</tr></thead><tbody>${body}</tbody></table></div>`
}

function renderCell(cell: Cell): string {
  if (typeof cell === 'string') return `<td>${escapeText(cell)}</td>`
  const note = cell.note === undefined ? '' : `<small>${escapeText(cell.note)}</small>`
  if (cell.isBest) return `<td class="best">★ ${escapeText(cell.text)}${note}</td>`
  return `<td>${escapeText(cell.text)}${note}</td>`
}

/** Flattens nested settings: `augmentation.degrees` is `20`, and `steps.0.name` the name of the first step. */
export function flattenSettings(
  settings: Readonly<Record<string, Json>>,
  prefix = '',
): [name: string, value: string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] =>
    isNested(value)
      ? flattenSettings(value as Record<string, Json>, `${prefix}${name}.`)
      : [[prefix + name, typeof value === 'string' ? value : JSON.stringify(value)]],
  )
}

/** Returns whether a value is an object or a list of objects; a list of numbers stays in one line. */
function isNested(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  return !Array.isArray(value) || value.some(isNested)
}
