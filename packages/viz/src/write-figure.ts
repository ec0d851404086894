import { FacekpError } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import type { Plot } from './figure.ts'
import { type PngOptions, plotToPng } from './png.ts'
import { followingPage, themeStyle } from './theme.ts'

/**
 * Writes a figure as `.png`, or as `.svg` whose colors follow the reader's light or dark page. Throws `PLOT_FORMAT` for
 * another extension.
 */
export async function writePlot(figure: Plot, path: string, options: PngOptions = {}): Promise<void> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  if (extension === 'png') return writeFileAtomic(path, plotToPng(figure, options), 'PLOT_NOT_WRITTEN')
  if (extension === 'svg') return writeFileAtomic(path, adaptiveSvg(figure), 'PLOT_NOT_WRITTEN')
  throw new FacekpError({
    code: 'PLOT_FORMAT',
    file: path,
    problem: 'there is no such format of figures',
    received: extension ?? 'no extension',
    expected: '.png or .svg',
  })
}

function adaptiveSvg({ svg }: Plot): string {
  return followingPage(svg).replace('>', `><style>${themeStyle()}</style>`)
}
