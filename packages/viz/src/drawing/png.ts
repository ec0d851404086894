import { createRequire } from 'node:module'
import { checkArgument, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { Resvg } from '@resvg/resvg-js'
import { PLOT, type Plot } from './plot.ts'
import { applyTheme, type Theme } from './theme.ts'

const require = createRequire(import.meta.url)
const FONT_FILES = ['dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'].map((file) =>
  require.resolve(file),
)

const PNG_OPTIONS = optionsKind({ width: KINDS.positive, theme: KINDS.string })

/** Pixels up to which a PNG has twice the size of its plot. */
const MAX_DOUBLE_PIXELS = 8e6

export interface PngOptions {
  /** Width of the PNG in pixels; default twice the width of the plot, or its width if the PNG would have more than 8 megapixels. */
  readonly width?: number
  /** Default `light`. */
  readonly theme?: Theme
}

/**
 * Renders a plot as PNG bytes by resvg, with bundled fonts: the result is the same on every machine.
 *
 * @example
 * ```ts
 * const png = plotToPng(await lossCurves(history), { theme: 'dark' })
 * ```
 */
export function plotToPng(plot: Plot, options: PngOptions = {}): Uint8Array {
  checkArgument(PLOT, plot, 'plot', 'plotToPng')
  checkArgument(PNG_OPTIONS, options, 'options', 'plotToPng')
  const { width = defaultWidth(plot), theme = 'light' } = options
  const drawing = new Resvg(applyTheme(plot.svg, theme), {
    fitTo: { mode: 'width', value: width },
    font: {
      fontFiles: FONT_FILES,
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  })
  return new Uint8Array(drawing.render().asPng())
}

function defaultWidth({ width, height }: Plot): number {
  return 4 * width * height > MAX_DOUBLE_PIXELS ? width : 2 * width
}
