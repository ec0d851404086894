/** Whether a figure stands on a light or a dark page. */
export type Theme = 'light' | 'dark'

/** The colors of figures and report. Each light one is written nowhere else, so that a figure can change to the dark ones. */
const COLORS = {
  paper: ['#ffffff', '#0d1117'],
  panel: ['#f6f8fa', '#161b22'],
  ink: ['#1f2328', '#e6edf3'],
  soft: ['#59636e', '#9198a1'],
  line: ['#d1d9e0', '#3d444d'],
  blue: ['#0969da', '#58a6ff'],
  orange: ['#bc4c00', '#f0883e'],
  green: ['#1a7f37', '#3fb950'],
  purple: ['#8250df', '#a371f7'],
  pink: ['#bf3989', '#db61a2'],
} as const

export type ColorName = keyof typeof COLORS

/** The light colors, by name: what figures are drawn in. */
export const INK: Record<ColorName, string> = Object.fromEntries(
  Object.entries(COLORS).map(([name, [light]]) => [name, light]),
) as Record<ColorName, string>

/** Of lines that are told apart, one a run; taken in turn. */
export const LINES: readonly string[] = [INK.blue, INK.orange, INK.green, INK.purple, INK.pink, INK.ink]

/** On photographs: green is the truth, red the prediction, on either theme. */
export const TRUTH = '#2bd75c'
export const PREDICTION = '#ff4d4f'

export const FONT = 'DejaVu Sans, system-ui, sans-serif'

/** A figure's SVG in the colors of a theme. */
export function inTheme(svg: string, theme: Theme): string {
  if (theme === 'light') return svg
  return Object.values(COLORS).reduce((text, [light, dark]) => text.replaceAll(light, dark), svg)
}

/** A figure's SVG in colors that follow the page: custom properties, see {@link themeStyle}. */
export function followingPage(svg: string): string {
  return Object.entries(COLORS).reduce((text, [name, [light]]) => text.replaceAll(light, `var(--${name})`), svg)
}

/** CSS that gives the colors their values, dark ones where the reader prefers them. */
export function themeStyle(): string {
  const values = (theme: 0 | 1): string =>
    Object.entries(COLORS)
      .map(([name, pair]) => `--${name}:${pair[theme]}`)
      .join(';')
  return `:root{color-scheme:light dark;${values(0)}}@media(prefers-color-scheme:dark){:root{${values(1)}}}`
}
