import { COLORS } from './theme.ts'

/** Escapes text for XML and HTML. */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // XML allows no control characters, not even escaped.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters on purpose
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** Truncates text to at most `maxLength` characters by removing its middle: the ends of file names say most. */
export function truncateMiddle(text: string, maxLength: number): string {
  const characters = [...text]
  if (characters.length <= maxLength) return text
  const endLength = Math.ceil((2 * (maxLength - 1)) / 3)
  return [...characters.slice(0, maxLength - 1 - endLength), '…', ...characters.slice(-endLength)].join('')
}

/** Formats a coordinate with at most two decimals. */
export function formatCoordinate(value: number): string {
  return String(Math.round(value * 100) / 100)
}

export interface TextStyle {
  readonly size?: number
  readonly color?: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly bold?: boolean
}

/** Renders text with its baseline at (x, y). */
export function renderText(
  x: number,
  y: number,
  content: string,
  { size = 13, color = COLORS.ink, anchor = 'start', bold }: TextStyle = {},
): string {
  const weight = bold ? ' font-weight="bold"' : ''
  return `<text x="${formatCoordinate(x)}" y="${formatCoordinate(y)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escapeText(content)}</text>`
}

/** Renders content clipped to width x height. */
export function renderClipped(width: number, height: number, content: string): string {
  return `<svg width="${formatCoordinate(width)}" height="${formatCoordinate(height)}" overflow="hidden">${content}</svg>`
}
