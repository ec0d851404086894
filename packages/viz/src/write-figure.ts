import { FacekpError } from '@facekp/core'
import type { Plot } from './figure.ts'
import { type PngOptions, plotToPng } from './png.ts'
import { followingPage, themeStyle } from './theme.ts'
import { writeWhole } from './write-file.ts'

/**
 * Writes a figure as `.png`, or as `.svg` whose colors follow the reader's light or dark page. Throws `PLOT_FORMAT` for
 * another extension.
 */
export async function writePlot(figure: Plot, path: string, options: PngOptions = {}): Promise<void> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  if (extension === 'png') return writeWhole(path, plotToPng(figure, options))
  if (extension === 'svg') return writeWhole(path, adaptiveSvg(figure))
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
