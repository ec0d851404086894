import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeFileAtomic } from '@facekp/files'
import { PLOT, type Plot } from './plot.ts'
import { type PngOptions, plotToPng } from './png.ts'
import { renderThemeCss, replaceWithCssVariables } from './theme.ts'

/**
 * Writes a plot as `.png`, or as `.svg` whose colors follow the reader's light or dark theme.
 *
 * @param path file to write; its folder is created
 * @param options size and theme of a PNG
 * @throws FacekpError `PLOT_FORMAT` for another extension, `PLOT_NOT_WRITTEN` if the file cannot be written
 * @example
 * ```ts
 * await writePlot(await lossCurves(history), 'losses.png')
 * ```
 */
export async function writePlot(plot: Plot, path: string, options: PngOptions = {}): Promise<void> {
  checkArgument(PLOT, plot, 'plot', 'writePlot')
  checkArgument(KINDS.path, path, 'path', 'writePlot')
  checkArgument(KINDS.object, options, 'options', 'writePlot')
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  if (extension === 'png') return writeFileAtomic(path, plotToPng(plot, options), 'PLOT_NOT_WRITTEN')
  if (extension === 'svg') return writeFileAtomic(path, renderAdaptiveSvg(plot), 'PLOT_NOT_WRITTEN')
  throw new FacekpError({
    code: 'PLOT_FORMAT',
    file: path,
    problem: 'unknown plot format',
    received: extension ?? 'no extension',
    expected: '.png or .svg',
  })
}

function renderAdaptiveSvg({ svg }: Plot): string {
  return replaceWithCssVariables(svg).replace('>', `><style>${renderThemeCss()}</style>`)
}
