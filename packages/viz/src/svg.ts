import type { Plot } from './figure.ts'
import { FONT, INK } from './theme.ts'

/** Text as XML and HTML hold it. */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // Characters that XML does not know, not even escaped.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** Text of at most so many characters: of a longer one the middle is left out, for names of files tell most at their ends. */
export function shortened(text: string, characters: number): string {
  const all = [...text]
  if (all.length <= characters) return text
  const end = Math.ceil((2 * (characters - 1)) / 3)
  return [...all.slice(0, characters - 1 - end), '…', ...all.slice(-end)].join('')
}

/** A number with no more digits than can be seen. */
export function digits(value: number): string {
  return String(Math.round(value * 100) / 100)
}

export interface TextStyle {
  readonly size?: number
  readonly color?: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly bold?: boolean
}

export function textAt(
  x: number,
  y: number,
  content: string,
  { size = 13, color = INK.ink, anchor = 'start', bold }: TextStyle = {},
): string {
  const weight = bold ? ' font-weight="bold"' : ''
  return `<text x="${digits(x)}" y="${digits(y)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escapeText(content)}</text>`
}

/** What is drawn in a window of this size; what leaves it is cut off. */
export function window(width: number, height: number, content: string): string {
  return `<svg width="${digits(width)}" height="${digits(height)}" overflow="hidden">${content}</svg>`
}

/** A figure of this content, its title above unless it is left out; `content` is drawn from (0, 0) below it. */
export function figureOf(title: string, width: number, height: number, content: string): Plot {
  const [margin, head] = [16, title ? 36 : 0]
  const [fullWidth, fullHeight] = [Math.ceil(width + 2 * margin), Math.ceil(height + head + 2 * margin)]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}" font-family="${FONT}" role="img"><title>${escapeText(title)}</title><rect width="100%" height="100%" fill="${INK.paper}"/>${title ? textAt(margin, margin + 18, title, { size: 18, bold: true }) : ''}<g transform="translate(${margin} ${margin + head})">${content}</g></svg>`
  return { title, svg, width: fullWidth, height: fullHeight }
}
