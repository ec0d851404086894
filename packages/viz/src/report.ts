import type { Json } from '@facekp/core'
import type { Figure } from './figure.ts'
import { escapeText } from './svg.ts'
import { followingPage, themeStyle } from './theme.ts'
import { writeWhole } from './write-file.ts'

/** What a report tells. */
export interface Report {
  readonly title: string
  /** The figures that matter most, such as { label: 'validation error', value: '9.2 px' }. */
  readonly summary: readonly { readonly label: string; readonly value: string }[]
  /** Errors in pixels of the original pictures. */
  readonly errors: readonly { readonly label: string; readonly errorPx: number }[]
  readonly figures: readonly { readonly figure: Figure; readonly caption: string }[]
  /** How the run was set, as plain JSON. */
  readonly settings: Readonly<Record<string, Json>>
  readonly notes?: readonly string[]
  /** Whatever else stands in rows, below the figures. */
  readonly tables?: readonly ReportTable[]
}

export interface ReportTable {
  readonly title: string
  /** What each column tells. */
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The report as one HTML page that holds everything it shows and asks for nothing from elsewhere; light and dark. */
export function renderReport({ title, summary, errors, figures, settings, notes = [], tables = [] }: Report): string {
  const tiles = summary.map(
    ({ label, value }) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`,
  )
  const errorRows = errors.map(({ label, errorPx }) => [label, `${errorPx.toFixed(2)} px`] as const)
  const settingRows = flattened(settings)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${themeStyle()}${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeText(title)}</h1>
<dl>${tiles.join('')}</dl>
${notes.map((note) => `<p>${escapeText(note)}</p>`).join('\n')}
${figures.map(figureHtml).join('\n')}
${tables.map(({ title, head, rows }) => `<h2>${escapeText(title)}</h2>\n${table(head, rows)}`).join('\n')}
<h2>Errors</h2>
${table(['over the validation pictures', 'error'], errorRows)}
<h2>Settings</h2>
${table(['setting', 'value'], settingRows)}
</main>
</body>
</html>
`
}

/** Writes {@link renderReport}'s page, whole or not at all. */
export async function writeReport(report: Report, path: string): Promise<void> {
  await writeWhole(path, renderReport(report))
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
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--soft);font-size:14px;padding:10px 16px;border-top:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600}
td:last-child{font-variant-numeric:tabular-nums}
`

/** Ids within a figure are made its own: those of two figures on one page would meet. */
function figureHtml({ figure, caption }: Report['figures'][number], index: number): string {
  const svg = followingPage(figure.svg)
    .replaceAll(/\bid="([^"]+)"/g, `id="figure-${index}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#figure-${index}-$1)`)
  return `<figure>${svg}<figcaption>${escapeText(caption)}</figcaption></figure>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`)
  return `<table><thead><tr>${head.map((cell) => `<th scope="col">${escapeText(cell)}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

/** Nested settings as lines: augmentation.degrees, 20. */
function flattened(settings: Readonly<Record<string, Json>>, before = ''): [string, string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flattened(value as Record<string, Json>, `${before}${name}.`)
      : [[before + name, typeof value === 'string' ? value : JSON.stringify(value)]],
  )
}
