import { type ArgumentKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { escapeText, renderText } from './svg.ts'
import { COLORS, FONT } from './theme.ts'

/** A plot as a vector image; photographs are embedded. */
export interface Plot {
  readonly title: string
  /** A self-contained SVG in light colors. */
  readonly svg: string
  /** Width of the SVG in pixels. */
  readonly width: number
  /** Height of the SVG in pixels. */
  readonly height: number
}

/** A plot, as an argument of a public function. */
export const PLOT: ArgumentKind = objectKind({
  title: KINDS.string,
  svg: KINDS.string,
  width: KINDS.number,
  height: KINDS.number,
})

const MARGIN = 16
const TITLE_HEIGHT = 36

/**
 * Creates a plot from SVG content, with margins and with the title above unless the title is empty.
 *
 * @param content SVG elements drawn from (0, 0), below the title
 */
export function createPlot(title: string, width: number, height: number, content: string): Plot {
  const titleHeight = title ? TITLE_HEIGHT : 0
  const fullWidth = Math.ceil(width + 2 * MARGIN)
  const fullHeight = Math.ceil(height + titleHeight + 2 * MARGIN)
  const titleText = title ? renderText(MARGIN, MARGIN + 18, title, { size: 18, bold: true }) : ''
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}" font-family="${FONT}" role="img"><title>${escapeText(title)}</title><rect width="100%" height="100%" fill="${COLORS.paper}"/>${titleText}<g transform="translate(${MARGIN} ${MARGIN + titleHeight})">${content}</g></svg>`
  return { title, svg, width: fullWidth, height: fullHeight }
}
