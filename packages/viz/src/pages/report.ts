import { checkArgument, type Json, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeFileAtomic } from '@facekp/files'
import {
  type CaptionedPlot,
  flattenSettings,
  renderCaptionedPlot,
  renderHeading,
  renderPage,
  renderParagraph,
  renderTable,
  renderTiles,
} from './page.ts'

const RENDER_REPORT_REPORT = objectKind({
  title: KINDS.string,
  plots: listKind(KINDS.object),
})

/** The content of a training report. */
export interface Report {
  readonly title: string
  /** The most important results, such as `{ label: 'validation error', value: '9.2 px' }`. */
  readonly summary: readonly { readonly label: string; readonly value: string }[]
  /** Errors over the images, in pixels of the original images. */
  readonly errors: readonly { readonly label: string; readonly errorPx: number }[]
  readonly plots: readonly CaptionedPlot[]
  /** Settings of the run, as plain JSON. */
  readonly settings: Readonly<Record<string, Json>>
  /** Paragraphs below the summary; default none. */
  readonly notes?: readonly string[]
  /** Tables below the plots; default none. */
  readonly tables?: readonly ReportTable[]
}

export interface ReportTable {
  readonly title: string
  /** Title of each column. */
  readonly columns: readonly string[]
  /** One cell per column. */
  readonly rows: readonly (readonly string[])[]
}

/** Renders a report as one self-contained HTML page, light and dark. */
export function renderReport(report: Report): string {
  checkArgument(RENDER_REPORT_REPORT, report, 'report', 'renderReport')
  const { title, summary, errors, plots, settings, notes = [], tables = [] } = report
  const errorRows = errors.map(({ label, errorPx }) => [label, `${errorPx.toFixed(2)} px`] as const)
  return renderPage(title, [
    renderTiles(summary),
    ...notes.map(renderParagraph),
    ...plots.map(renderCaptionedPlot),
    ...tables.flatMap((table) => [renderHeading(table.title), renderTable(table.columns, table.rows)]),
    renderHeading('Errors'),
    renderTable(['images', 'error'], errorRows),
    renderHeading('Settings'),
    renderTable(['setting', 'value'], flattenSettings(settings)),
  ])
}

/**
 * Writes a report as an HTML file, completely or not at all.
 *
 * @param path its folder is created
 * @throws FacekpError `PLOT_NOT_WRITTEN` if the file cannot be written
 */
export async function writeReport(report: Report, path: string): Promise<void> {
  checkArgument(KINDS.object, report, 'report', 'writeReport')
  checkArgument(KINDS.path, path, 'path', 'writeReport')
  await writeFileAtomic(path, renderReport(report), 'PLOT_NOT_WRITTEN')
}
