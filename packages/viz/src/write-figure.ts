import { FacekpError } from '@facekp/core'
import type { Figure } from './figure.ts'
import { figureToPng, type PngOptions } from './png.ts'
import { followingPage, themeStyle } from './theme.ts'
import { writeWhole } from './write-file.ts'

/**
 * Writes a figure as `.png`, or as `.svg` whose colours follow the reader's light or dark page. Throws `FIGURE_FORMAT` for
 * another extension.
 */
export async function writeFigure(figure: Figure, path: string, options: PngOptions = {}): Promise<void> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  if (extension === 'png') return writeWhole(path, figureToPng(figure, options))
  if (extension === 'svg') return writeWhole(path, adaptiveSvg(figure))
  throw new FacekpError({
    code: 'FIGURE_FORMAT',
    file: path,
    problem: 'there is no such format of figures',
    received: extension ?? 'no extension',
    expected: '.png or .svg',
  })
}

function adaptiveSvg({ svg }: Figure): string {
  return followingPage(svg).replace('>', `><style>${themeStyle()}</style>`)
}
