import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { Plot } from './figure.ts'
import { inTheme, type Theme } from './theme.ts'

const require = createRequire(import.meta.url)
const fonts = ['dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'].map((file) =>
  require.resolve(file),
)

export interface PngOptions {
  /** Of the PNG in pixels; default twice the figure's own. */
  readonly width?: number
  readonly theme?: Theme
}

/** The figure as a PNG file, with a font of its own, so that it looks the same on every machine. Drawn by resvg. */
export function plotToPng(
  { svg, width: ownWidth }: Plot,
  { width = 2 * ownWidth, theme = 'light' }: PngOptions = {},
): Uint8Array {
  const drawing = new Resvg(inTheme(svg, theme), {
    fitTo: { mode: 'width', value: width },
    font: {
      fontFiles: fonts,
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  })
  return new Uint8Array(drawing.render().asPng())
}
