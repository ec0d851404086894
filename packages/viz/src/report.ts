import type { Json } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import { type CaptionedPlot, figureHtml, flattened, heading, page, paragraph, table } from './page.ts'
import { escapeText } from './svg.ts'

/** What a report tells. */
export interface Report {
  readonly title: string
  /** The figures that matter most, such as { label: 'validation error', value: '9.2 px' }. */
  readonly summary: readonly { readonly label: string; readonly value: string }[]
  /** Errors in pixels of the original pictures. */
  readonly errors: readonly { readonly label: string; readonly errorPx: number }[]
  readonly plots: readonly CaptionedPlot[]
  /** How the run was set, as plain JSON. */
  readonly settings: Readonly<Record<string, Json>>
  readonly notes?: readonly string[]
  /** Whatever else stands in rows, below the figures. */
  readonly tables?: readonly ReportTable[]
}

export interface ReportTable {
  readonly title: string
  /** What each column tells. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The report as one HTML page that holds everything it shows and asks for nothing from elsewhere; light and dark. */
export function renderReport({ title, summary, errors, plots, settings, notes = [], tables = [] }: Report): string {
  const tiles = summary.map(
    ({ label, value }) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`,
  )
  const errorRows = errors.map(({ label, errorPx }) => [label, `${errorPx.toFixed(2)} px`] as const)
  return page(title, [
    `<dl>${tiles.join('')}</dl>`,
    ...notes.map(paragraph),
    ...plots.map(figureHtml),
    ...tables.flatMap(({ title, columns, rows }) => [heading(title), table(columns, rows)]),
    heading('Errors'),
    table(['over the validation pictures', 'error'], errorRows),
    heading('Settings'),
    table(['setting', 'value'], flattened(settings)),
  ])
}

/** Writes {@link renderReport}'s page, whole or not at all. */
export async function writeReport(report: Report, path: string): Promise<void> {
  await writeFileAtomic(path, renderReport(report), 'PLOT_NOT_WRITTEN')
}
